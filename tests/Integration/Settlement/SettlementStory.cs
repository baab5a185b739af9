using System.Globalization;
using System.Text.Json;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Integration.Settlement;

/// <summary>A customer of Acme whose card does not do what it should. The invoice of January leaves at the turn of the month.</summary>
internal sealed class SettlementStory : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromHours(3);

    private Uri? address;

    private SettlementStory(Acme acme) => Acme = acme;

    public Acme Acme { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SettlementStory> Begin(string catalogue = "acme-dunning.catalog.json") =>
        new(await Acme.Open(new AcmeOptions { Catalogue = catalogue, Start = At("2027-01-31T21:00:00Z") }));

    /// <summary>From now on no webhook arrives, nor ever will.</summary>
    public void LoseWebhooks()
    {
        address = Acme.Vercel.Webhook;
        Acme.Vercel.Webhook = null;
    }

    /// <summary>Everything that Vercel ever wanted to tell is told now, all of it twice and the last first.</summary>
    public async Task TellEverythingTwiceAndBackwards(string installation)
    {
        var told = Acme.Vercel.State.Webhooks.Where(webhook => webhook.Body.Contains(installation, StringComparison.Ordinal)).Reverse().ToList();
        foreach (var webhook in told.Concat(told))
        {
            // Vercel repeats a webhook under its own id, and may tell the same once more under another.
            await Acme.Webhook(webhook.Body);
            await Acme.Webhook(webhook.Body.Replace(webhook.Id, webhook.Id + "-again", StringComparison.Ordinal));
        }

        await Acme.Work();
    }

    /// <summary>Both sides do what is due, in steps of a few hours.</summary>
    public async Task Until(string moment)
    {
        var until = At(moment);
        await Settle();
        while (Acme.Now < until)
        {
            Acme.Vercel.Clock.MoveTo(Acme.Now + Step < until ? Acme.Now + Step : until);
            await Settle();
        }
    }

    public async Task Settle()
    {
        for (var turn = 0; turn < 2; turn++)
        {
            await Acme.Vercel.Settle(Cancel);
            await Acme.Work();
        }
    }

    public Invoice InvoiceAtVercel(Provisioned tool) => Assert.Single(Acme.Vercel.State.Installations[tool.Installation].Invoices);

    public Task<string?> Standing(Provisioned tool) =>
        Acme.Ask<string>("select standing from payment_standing where installation_id = $1", tool.Installation);

    public Task<string?> InvoiceState(Provisioned tool) =>
        Acme.Ask<string>("select state from invoice where installation_id = $1 order by period_start limit 1", tool.Installation);

    public Task<IReadOnlyList<string>> Events(Provisioned tool, string concept) =>
        Acme.AskAll<string>(
            "select kind from domain_event where installation_id = $1 and kind like $2 || '.%' order by event_id", tool.Installation, concept);

    /// <summary>As Vercel's dashboard shows it.</summary>
    public string Shown(Provisioned tool) => Acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id].Status;

    public string? Notification(Provisioned tool)
    {
        var shown = Acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id].Notification;
        return shown is { ValueKind: JsonValueKind.Object } notification ? notification.GetProperty("title").GetString() : null;
    }

    /// <summary>Above the installation, as Vercel was told by the outbox and reads it from us: level and title.</summary>
    public async Task<(string Level, string Title)?> Banner(Provisioned tool)
    {
        var read = (await Acme.Get(Paths.Installation(tool.Installation), Acme.System(tool.Installation))).Is(System.Net.HttpStatusCode.OK)["notification"];
        var shown = Acme.Vercel.State.Installations[tool.Installation].Notification;
        Assert.Equal(read is not null, shown is { ValueKind: JsonValueKind.Object });
        if (read is null)
            return null;

        Assert.Equal(read["message"]!.GetValue<string>(), shown!.Value.GetProperty("message").GetString());
        return (shown.Value.GetProperty("level").GetString()!, shown.Value.GetProperty("title").GetString()!);
    }

    public static string KeyOf(Provisioned tool) => tool.Json["secrets"]![0]!["value"]!.GetValue<string>();

    public static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        Acme.Vercel.Webhook ??= address;
        await Acme.DisposeAsync();
    }
}
