using System.CommandLine;
using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Invoices;

/// <summary>What a person at the machine asks for: an invoice that Vercel refused, once more.</summary>
internal sealed record RedraftRequest(string Installation, string Invoice);

/// <summary>Invoices from the command line.</summary>
internal static class InvoiceCommands
{
    public static Command Command(CommandHost host)
    {
        var installation = CommandParts.Installation();
        var invoice = new Argument<string>("externalId") { Description = "Our name for the invoice, as the log and the Provider API say it." };
        var command = CommandParts.Of(
            "redraft",
            "Drafts an invoice that Vercel refused anew; the worker sends it at once.",
            installation, invoice);
        command.SetAction(host.OnServer((app, parsed, cancel) => Redraft(
            app, new RedraftRequest(parsed.GetValue(installation)!, parsed.GetValue(invoice)!), cancel)));
        command
            .Examples("invoices redraft icfg_… icfg_…-20270101T000000-1")
            .Ends("it is drafted", "there is nothing to draft");
        return new Command("invoices", "Mends what became of invoices.") { command };
    }

    /// <param name="app">Whose database and catalogue are used; it is not started.</param>
    public static async Task<int> Redraft(WebApplication app, RedraftRequest request, CancellationToken cancel)
    {
        var answer = await app.Services.GetRequiredService<InvoiceRedraft>()
            .Redraft(new InstallationId(request.Installation), new ExternalInvoiceId(request.Invoice), Actor.Operator("redraft"), cancel);
        if (answer is RedraftAnswer.Redrafted { IsSent: false })
        {
            await Console.Out.WriteLineAsync(
                $"Invoice {request.Invoice} comes to less than Vercel takes by now. It is not sent, but carried or given away as the catalogue says.");
            return 0;
        }

        if (answer is RedraftAnswer.Redrafted(var saysOtherwise, var reasons))
        {
            await Console.Out.WriteLineAsync(
                $"Invoice {request.Invoice} is drafted anew and sent within seconds where a worker runs. Vercel had refused it: "
                + $"{string.Join("; ", reasons)}. It says {(saysOtherwise ? "what the catalogue says now" : "the same as before")}.");
            return 0;
        }

        await Console.Error.WriteLineAsync(answer switch
        {
            RedraftAnswer.NoInvoice => $"Installation {request.Installation} has no invoice {request.Invoice}.",
            RedraftAnswer.NotRefused other => $"Invoice {request.Invoice} is {other.State}: Vercel has not refused it.",
            RedraftAnswer.InstallationFinal => $"Installation {request.Installation} is final, and Vercel takes nothing of it any more.",
            _ => throw new UnreachableException(answer.GetType().Name),
        });
        return CommandParts.NothingDone;
    }
}
