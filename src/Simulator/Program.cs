namespace Marketplace.Simulator; internal static class Program { private static void Main() { } }
