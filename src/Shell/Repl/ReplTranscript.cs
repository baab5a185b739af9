using System.Text.Json;
using Marketplace.Core.Repl;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Repl;

/// <summary>A command's answer on its way to the caller. Source: contract §B.2.</summary>
internal abstract class ReplTranscript : IReplScreen
{
    public const string JsonLines = "application/jsonl";

    /// <summary>Nobody has seen anything yet.</summary>
    public bool IsBlank { get; private set; } = true;

    /// <summary>As JSON lines for who asks for them, block by block; else as one array.</summary>
    public static ReplTranscript For(HttpContext context) =>
        PrefersLines(context.Request) ? new Lines(context.Response) : new List();

    public ValueTask Show(ReplBlock block, CancellationToken cancel)
    {
        IsBlank = false;
        return Add(block, cancel);
    }

    /// <summary>What is left to send, and what a repetition of the call gets.</summary>
    public abstract ReplAnswer Complete();

    protected abstract ValueTask Add(ReplBlock block, CancellationToken cancel);

    private static bool PrefersLines(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Quality(JsonLines) is > 0 and var lines && lines >= Quality("application/json");

        double Quality(string mediaType) =>
            accepted.Where(range => range.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)).Max(range => (double?)(range.Quality ?? 1)) ?? 0;
    }

    private sealed class List : ReplTranscript
    {
        private readonly List<ReplBlock> blocks = [];

        public override ReplAnswer Complete() => new(
            JsonSerializer.SerializeToUtf8Bytes(
                ReplBlock.Joined(blocks.ToSeq().Strict()).Select(ReplBlockWire.Of), WireJson.Options),
            IsSent: false);

        protected override ValueTask Add(ReplBlock block, CancellationToken cancel)
        {
            blocks.Add(block);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Lines(HttpResponse response) : ReplTranscript
    {
        private readonly MemoryStream sent = new();

        public override ReplAnswer Complete() => new(sent.ToArray(), IsSent: true);

        protected override async ValueTask Add(ReplBlock block, CancellationToken cancel)
        {
            byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(ReplBlockWire.Of(block), WireJson.Options), (byte)'\n'];
            sent.Write(line);
            if (response.HttpContext.RequestAborted.IsCancellationRequested)
                return;

            if (!response.HasStarted)
                response.ContentType = JsonLines;
            await response.Body.WriteAsync(line, cancel);
            await response.Body.FlushAsync(cancel);
        }
    }
}

/// <summary>An answer in blocks as bytes, in the form in which it was asked for first.</summary>
/// <param name="IsSent">The caller has it already.</param>
internal sealed record ReplAnswer(ReadOnlyMemory<byte> Body, bool IsSent) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (IsSent)
            return;

        var response = httpContext.Response;
        response.ContentType = Body.Span is [(byte)'[', ..] ? "application/json; charset=utf-8" : ReplTranscript.JsonLines;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, httpContext.RequestAborted);
    }

    /// <summary>Never what it says: it is the customer's.</summary>
    public override string ToString() => $"{Body.Length} bytes";
}
