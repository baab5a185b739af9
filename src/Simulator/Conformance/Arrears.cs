using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Conformance;

/// <summary>How the resource of somebody who does not pay was seen on one day.</summary>
/// <param name="Known">As Vercel has it, by what the provider told.</param>
/// <param name="Read">As the provider answers when it is asked.</param>
internal sealed record ArrearsDay(DateTimeOffset At, InvoiceState Invoice, Resource Known, bool InstallationWarns, Exchange Read)
{
    public bool IsGone => Read is { IsSuccess: false, Status: not null } || Read.Json?.OptionalText("status") == "uninstalled";

    public bool Warns => InstallationWarns || Known.Notification is not null || Read.Json?.Optional("notification") is { ValueKind: JsonValueKind.Object };

    public string? Status => Read.Json?.OptionalText("status");
}

/// <summary>What was observed of somebody whose invoice is not paid for fifteen days, and then is. Nothing in it is a judgement.</summary>
/// <param name="FirstFailure">When the first charge failed.</param>
/// <param name="Days">Until the invoice was given up, and a day longer.</param>
/// <param name="Repeated">Right after its webhooks came once more, the newest first.</param>
/// <param name="WritesByRepetition">What the provider changed on Vercel's side because of that.</param>
/// <param name="Paid">Two hours after the payment.</param>
internal sealed record ArrearsRecord(
    Tenant Tenant, Invoice Invoice, DateTimeOffset FirstFailure, ImmutableList<ArrearsDay> Days, ArrearsDay Repeated,
    ImmutableList<ApiCall> WritesByRepetition, ArrearsDay Paid, ImmutableList<Invoice> Invoices);

/// <summary>Somebody who does not pay lives through the month beside the others, and is watched until he does.</summary>
internal static class Arrears
{
    /// <summary>Nine attempts take fifteen days, and a provider gives a little more.</summary>
    private const int DaysMax = 18;

    private const int AttemptsMax = 30;

    private static readonly TimeSpan PauseBetween = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan CardWorksFor = TimeSpan.FromDays(2);

    private static readonly TimeSpan AfterPayment = TimeSpan.FromHours(2);

    /// <summary>The month that everybody judges; whoever does not pay is there from its beginning.</summary>
    public static async Task<MonthRecord> Month(Trial trial)
    {
        await Debtor(trial);
        return await trial.Month();
    }

    public static Task<ArrearsRecord> Of(Trial trial) => trial.Scene("arrears", Play);

    private static Task<Tenant?> Debtor(Trial trial) => trial.Scene("debtor", async stage =>
    {
        if (stage.Offer.Products.SelectMany(product => product.Plans, (product, plan) => (product, plan))
            .FirstOrDefault(choice => choice.plan is { NeedsPaymentMethod: true, IsPrepayment: false, IsForInstallation: false }) is not ({ } product, { } plan))
        {
            return null;
        }

        var tenant = await stage.NewTenant(product, plan);
        FailFrom(stage, tenant, VirtualMonth.NextMonth(stage.Now.AddTicks(-1)) + CardWorksFor);
        return (Tenant?)tenant;
    });

    /// <summary>
    /// What was before the month is paid as it should be. Something is called every hour, so that the log is as good as an alarm clock.
    /// </summary>
    private static void FailFrom(Trial stage, Tenant tenant, DateTimeOffset from)
    {
        var log = stage.Vercel.Log;
        log.WhenAdded += Look;

        void Look(LogEntry entry)
        {
            if (stage.Now >= from)
            {
                log.WhenAdded -= Look;
                stage.Customer.CardFails(tenant.InstallationId);
            }
        }
    }

    private static async Task<ArrearsRecord> Play(Trial stage)
    {
        var tenant = await Debtor(stage) ?? throw stage.NotObserved("No plan is paid afterwards, so that nobody can owe anything.");
        await stage.Month();
        var invoice = Unpaid(stage, tenant) ?? throw stage.NotObserved("No invoice came that could stay unpaid.");
        var days = ImmutableList.CreateBuilder<ArrearsDay>();
        days.Add(await Look(stage, tenant, invoice.Id));
        while (days[^1].Invoice != InvoiceState.Overdue && days.Count < DaysMax)
        {
            await stage.Advance(TimeSpan.FromDays(1));
            days.Add(await Look(stage, tenant, invoice.Id));
        }

        await stage.Advance(TimeSpan.FromDays(1));
        days.Add(await Look(stage, tenant, invoice.Id));
        var (repeated, writes) = await Repeat(stage, tenant, invoice.Id);
        foreach (var open in Of(stage, tenant).FindAll(open => open.State is InvoiceState.Invoiced or InvoiceState.NotPaid or InvoiceState.Overdue))
        {
            stage.Customer.PayInvoice(tenant.InstallationId, open.Id);
        }

        stage.Customer.CardWorks(tenant.InstallationId);
        await stage.Settle();
        await stage.Advance(AfterPayment);
        var paid = await Look(stage, tenant, invoice.Id);
        // By the webhooks: the first charge is an hour after the invoice came, or at the next step of the clock.
        return new(tenant, invoice, FirstFailure(stage, invoice.Id), days.ToImmutable(), repeated, writes, paid, Of(stage, tenant));
    }

    private static ImmutableList<Invoice> Of(Trial stage, Tenant tenant) => stage.Customer.Installation(tenant.InstallationId).Invoices;

    private static Invoice? Unpaid(Trial stage, Tenant tenant) =>
        Of(stage, tenant).FindLast(invoice => invoice is { Test: null, State: InvoiceState.NotPaid or InvoiceState.Overdue });

    private static DateTimeOffset FirstFailure(Trial stage, string invoiceId) => stage.Vercel.State.Webhooks
        .Where(webhook => webhook.Type == "marketplace.invoice.notpaid" && webhook.Body.Contains(invoiceId, StringComparison.Ordinal))
        .Min(webhook => webhook.CreatedAt);

    /// <summary>
    /// What a webhook has caused may still be under way when the clock stands again: both sides have a moment, in real time, to come to agree.
    /// </summary>
    private static async Task<ArrearsDay> Look(Trial stage, Tenant tenant, string invoiceId)
    {
        var day = await LookOnce(stage, tenant, invoiceId);
        for (var attempt = 1; attempt <= AttemptsMax && day.Status is not null && day.Status != day.Known.Status; attempt++)
        {
            await Task.Delay(PauseBetween, stage.Cancel);
            day = await LookOnce(stage, tenant, invoiceId);
        }

        return day;
    }

    private static async Task<ArrearsDay> LookOnce(Trial stage, Tenant tenant, string invoiceId)
    {
        var installation = stage.Customer.Installation(tenant.InstallationId);
        var read = await stage.Send(PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, stage.SystemToken(tenant.InstallationId)));
        return new(
            stage.Now, installation.Invoices.Find(invoice => invoice.Id == invoiceId)!.State, installation.Resources[tenant.ResourceId],
            installation.Notification is not null, read);
    }

    /// <summary>All webhooks about the invoice once more, in the order that makes least sense.</summary>
    private static async Task<(ArrearsDay, ImmutableList<ApiCall>)> Repeat(Trial stage, Tenant tenant, string invoiceId)
    {
        using var watch = new CallWatch(stage.Vercel.Log);
        stage.Customer.HoldWebhooks();
        foreach (var webhook in stage.Vercel.State.Webhooks.Where(webhook => webhook.IsDelivered && webhook.Body.Contains(invoiceId, StringComparison.Ordinal)))
        {
            stage.Customer.SendWebhookAgain(webhook.Id);
        }

        stage.Customer.ReleaseWebhooksReversed();
        await stage.Settle();
        // What is done in the background has its time, which is not the clock's.
        await Task.Delay(TimeSpan.FromSeconds(1), stage.Cancel);
        var writes = watch.Of(tenant.InstallationId).FindAll(call => call.Method is "PATCH" or "PUT" or "DELETE" || call.Operation.EndsWith("/events", StringComparison.Ordinal));
        return (await Look(stage, tenant, invoiceId), writes);
    }
}
