using System.Diagnostics;
using System.Net;
using LanguageExt;
using Marketplace.Core.Repl;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Repl;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>
/// Has the control plane run what somebody typed, and shows what it answers, within the limits of every console. A command has an id of its
/// own, by which a repetition is known: it is run once.
/// </summary>
internal sealed partial class ControlPlaneConsole(ControlPlane controlPlane, ReplLimits limits, ILogger<ControlPlaneConsole> log)
{
    private const string Unknown = "whether the command was run is not known.";

    public async Task Run(ProvisionedResource resource, ReplCommand command, IReplScreen screen, CancellationToken cancel)
    {
        var (page, id) = (new ReplPage(screen, limits), $"repl_{Guid.NewGuid():N}");
        var question = ControlPlaneMessage.Of(ControlPlaneQuestion.Repl, resource) with
        {
            OperationId = id, Input = command.Input, ReadOnly = command.IsReadOnly,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(limits.Duration);
        try
        {
            await Show(await controlPlane.Ask(id, question, limit.Token), page, cancel);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await page.Say(cancel, Wrong($"The service did not answer within {limits.Duration.TotalSeconds:0} seconds: {Unknown}"));
        }
        catch (ProvisionerFaultException fault)
        {
            NotAnswered(resource.Id.Value, fault.Message);
            await page.Say(cancel, Wrong($"The service gave no answer: {Unknown}"));
        }
    }

    private static async Task Show(ControlPlaneReply reply, ReplPage page, CancellationToken cancel)
    {
        switch ((HttpStatusCode)reply.Status)
        {
            case HttpStatusCode.NotImplemented:
                await page.Say(cancel, Wrong("There is no console here."));
                break;
            case HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity:
                await page.Say(cancel, Wrong(Reason(reply)));
                break;
            default:
                foreach (var block in reply.Parsed<ControlPlaneScreen>().Read())
                    await Show(block, page, cancel);
                break;
        }
    }

    private static async Task Show(ReplBlock block, ReplPage page, CancellationToken cancel)
    {
        switch (block)
        {
            case ReplBlock.Paragraph(var texts):
                await page.Mention(cancel, [.. texts]);
                break;
            case ReplBlock.Table(var header, var rows):
                page.BeginTable(header.IfNone(Seq<ReplText>.Empty).Map(text => Cut(text, page)).Strict());
                foreach (var row in rows.TakeWhile(_ => !page.IsFull))
                    await page.Add(row.Map(text => Cut(text, page)).Strict(), cancel);
                await page.Flush(cancel);
                if (page.IsFull)
                    await page.Mention(cancel, new ReplText($"At most {page.RowsMax} rows are shown.", IsItalic: true));
                break;
            default:
                throw new UnreachableException(block.GetType().Name);
        }
    }

    private static string Reason(ControlPlaneReply reply) =>
        reply.Parse<ControlPlaneAnswer>().Read(mints: false).Match(
            Succ: answer => answer is ProvisionerAnswer<Seq<Secret>>.Refused(var reason) ? reason : throw reply.Unexpected,
            Fail: _ => throw reply.Unexpected);

    private static ReplText Cut(ReplText text, ReplPage page) =>
        text.Text.Length <= page.CellCharactersMax ? text : text with { Text = $"{text.Text[..page.CellCharactersMax]}…" };

    private static ReplText Wrong(string text) => new(text, Color: "red");

    [LoggerMessage(Level = LogLevel.Warning, Message = "A command in the console of resource {ResourceId} has no answer: {Reason}")]
    private partial void NotAnswered(string resourceId, string reason);
}
