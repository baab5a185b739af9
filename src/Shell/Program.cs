namespace Marketplace.Shell; internal static class Program { private static void Main() { } }
