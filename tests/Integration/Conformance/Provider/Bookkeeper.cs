using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>
/// Does by itself what is due: billing data every hour, an invoice when a month is over or a customer goes, and what follows from what Vercel
/// tells. Source: contract §D.7 to D.9, §E.5, §E.14, §F.
/// </summary>
internal sealed class Bookkeeper(ProviderSettings settings, Books books, VercelSide vercel, TimeProvider clock)
{
    private readonly ConcurrentQueue<(string Type, JsonObject Payload)> heard = new();
    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private readonly SemaphoreSlim woken = new(0);

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public static JsonObject Period(DateTimeOffset from, DateTimeOffset until) => new() { ["start"] = Text(from), ["end"] = Text(until) };

    public void Wake() => woken.Release();

    public void Hear(string type, JsonObject payload)
    {
        if (type == "marketplace.invoice.paid" && settings.Breaks(Breakage.CreditsByWebhookToo)
            && books.Installations.GetValueOrDefault(payload.Text("installationId") ?? "") is { } buyer
            && decimal.TryParse(payload.Text("invoiceTotal"), CultureInfo.InvariantCulture, out var amount))
        {
            Locked(() => books.Of(buyer).ToList().ForEach(resource => resource.Credit += amount));
        }

        heard.Enqueue((type, payload));
        Wake();
    }

    /// <summary>Whether anything is still to be billed, or to be paid. The caller holds the gate.</summary>
    public bool HasLeft(Installation installation) =>
        !installation.IsGone
        && (installation.Bills.Exists(bill => !bill.IsSettled) || Due(installation, clock.GetUtcNow()).Any());

    public async Task KeepDoing(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await woken.WaitAsync(TimeSpan.FromSeconds(1), cancel);
            await WorkOff(clock.GetUtcNow(), cancel);
        }
    }

    /// <summary>Whether all that is due is done; what is not can be tried again.</summary>
    public async Task<bool> WorkOff(DateTimeOffset now, CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            var isAllDone = true;
            while (heard.TryDequeue(out var webhook))
            {
                await ActOn(webhook.Type, webhook.Payload);
            }

            foreach (var installation in Locked(() => books.Installations.Values.Where(known => !known.IsGone).ToList()))
            {
                isAllDone &= await Report(installation, now);
                isAllDone &= await SendBills(installation, now);
                await Leave(installation);
            }

            return isAllDone;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>Running totals as they are now, once an hour, and once more when the customer goes.</summary>
    private async Task<bool> Report(Installation installation, DateTimeOffset now)
    {
        var until = installation.LeavingSince ?? now;
        var hour = until.AddTicks(-(until.Ticks % TimeSpan.TicksPerHour));
        var isDue = installation.LeavingSince is null ? hour > installation.ReportedAt : until > installation.ReportedAt;
        if (!isDue || Locked(() => Data(installation, until)) is not { } data)
        {
            return true;
        }

        if (!(settings.Breaks(Breakage.SkipsHours) && hour.Hour % 3 == 0) && !await IsTaken(installation, "/billing", data))
        {
            return false;
        }

        installation.ReportedAt = until;
        var balances = Locked(() => books.Of(installation)
            .Where(resource => resource.Plan is { IsPrepaid: true }).Select(resource => (resource, resource.Credit)).ToList());
        return balances.Count == 0 || await IsTaken(installation, "/billing/balance", PurchaseDesk.Statement(now, balances));
    }

    /// <summary>Of the month and the day that the moment ends: midnight belongs to the day before.</summary>
    private JsonObject? Data(Installation installation, DateTimeOffset until)
    {
        var (month, day) = (MonthOf(until.AddTicks(-1)), DayOf(until.AddTicks(-1)));
        var from = settings.Breaks(Breakage.LetsTotalsFall) ? day : month;
        return installation.Meter.HasAnything(month, until)
            ? new JsonObject
            {
                ["timestamp"] = Text(until),
                ["eod"] = Text(day.AddDays(1).AddSeconds(-1)),
                ["period"] = Period(month, month.AddMonths(1)),
                ["billing"] = installation.Meter.Lines(from, until),
                ["usage"] = installation.Meter.Usage(from, day, until),
            }
            : null;
    }

    /// <summary>The newest data wins, so that to send it again does no harm; what is refused would be refused again.</summary>
    private async Task<bool> IsTaken(Installation installation, string path, JsonObject body) =>
        (await vercel.Call(HttpMethod.Post, installation, path, body)).Status is < 500 and not 429;

    private async Task<bool> SendBills(Installation installation, DateTimeOffset now)
    {
        if (settings.Breaks(Breakage.NeverInvoices))
        {
            return true;
        }

        Locked(() => installation.Bills.AddRange(Due(installation, now).ToList()));
        foreach (var bill in installation.Bills.Where(bill => !bill.IsSent && !bill.IsRefused).ToList())
        {
            var externalId = settings.Breaks(Breakage.InvoicesUnderRandomIds) ? Books.NewId("bill")
                : settings.Breaks(Breakage.InvoicesTwiceAfterLostAnswer) && bill.Attempts > 0 ? $"{bill.Id}-{bill.Attempts}"
                : bill.Id;
            bill.Attempts++;
            var (status, answer) = await vercel.Call(HttpMethod.Post, installation, "/billing/invoices", bill.ToJson(externalId));

            // A lost answer says nothing. A webhook may tell of the invoice before it is sent again; and then its id is taken, which says as much.
            bill.IsSent = status == 409 || (status == 200 && answer?["invoiceId"] is not null);
            bill.InvoiceId ??= (string?)answer?["invoiceId"];
            bill.IsRefused = !bill.IsSent && status is 200 or (>= 400 and < 500 and not 429);
        }

        return installation.Bills.TrueForAll(bill => bill.IsSent || bill.IsRefused);
    }

    /// <summary>The bills of months that are over, and of the last days of a customer who goes, as far as none is written.</summary>
    private IEnumerable<Bill> Due(Installation installation, DateTimeOffset now)
    {
        var end = installation.LeavingSince ?? now;
        for (var month = MonthOf(installation.InstalledAt); month < end; month = month.AddMonths(1))
        {
            var isLast = month.AddMonths(1) > end;
            var (id, until) = ($"{installation.Id}-{month:yyyy-MM}", isLast ? end : month.AddMonths(1));
            if ((isLast && installation.LeavingSince is null) || installation.Bills.Exists(bill => bill.Id == id))
            {
                continue;
            }

            var lines = installation.Meter.Lines(month, until, settings.Breaks(Breakage.InvoicesPrepaidPlans));
            if (lines.Any(line => (string?)line!["total"] != "0.00"))
            {
                yield return new Bill(id, month, until, lines, isLast);
            }
        }
    }

    /// <summary>Says that it is over, once every invoice is settled.</summary>
    private async Task Leave(Installation installation)
    {
        if (installation.LeavingSince is null)
        {
            return;
        }

        foreach (var bill in installation.Bills.Where(bill => bill is { InvoiceId: not null, IsSettled: false }).ToList())
        {
            await Look(installation, bill);
        }

        if (installation.Bills.TrueForAll(bill => bill.IsSettled || (bill.IsSent && settings.Breaks(Breakage.FinalizesUnpaid))))
        {
            var (status, _) = await vercel.Call(HttpMethod.Post, installation, "/billing/finalize");
            installation.IsGone |= status is 204 or 401 or 403 or 404 or 410;
        }
    }

    private async Task Look(Installation installation, Bill bill)
    {
        var (_, invoice) = await vercel.Call(HttpMethod.Get, installation, $"/billing/invoices/{Uri.EscapeDataString(bill.InvoiceId!)}");
        bill.State = (string?)invoice?["state"] ?? bill.State;
    }

    private async Task ActOn(string type, JsonObject payload)
    {
        if (Locked(() => books.Installations.GetValueOrDefault((string?)payload["installationId"] ?? "")) is not { } installation)
        {
            return;
        }

        if (type == "integration-configuration.removed")
        {
            Locked(() => Close(installation));
        }
        else if (installation.Bills.Find(bill => bill.Id == (string?)payload["externalInvoiceId"]) is { } bill
            && (bill.IsSent || !settings.Breaks(Breakage.InvoicesTwiceAfterLostAnswer)))
        {
            // A webhook may be late, and the next one may be here before it: the invoice itself says how it stands.
            (bill.IsSent, bill.InvoiceId) = (true, (string?)payload["invoiceId"]);
            await Look(installation, bill);
            await Remind(installation);
        }
    }

    private void Close(Installation installation)
    {
        installation.IsGone = true;
        installation.LeavingSince ??= clock.GetUtcNow();
        foreach (var resource in books.Of(installation).ToList())
        {
            resource.Status = settings.Breaks(Breakage.ServesAfterUninstall) ? resource.Status : "uninstalled";
        }
    }

    /// <summary>Whoever does not pay is told; whoever has not paid in the end is suspended, until he does. Nothing is destroyed.</summary>
    private async Task Remind(Installation installation)
    {
        var (isUnpaid, isOverdue) = (installation.Bills.Exists(bill => bill.IsUnpaid), installation.Bills.Exists(bill => bill.State == "overdue"));
        if (isUnpaid && settings.Breaks(Breakage.DestroysAtFirstFailure))
        {
            Locked(() => books.Of(installation).ToList().ForEach(resource => resource.Status = "uninstalled"));
        }

        var notification = isUnpaid
            ? new JsonObject { ["level"] = "warn", ["title"] = "An invoice could not be charged", ["message"] = "Please look at your payment method." }
            : null;
        if (notification is not null || installation.Notification is not null)
        {
            Locked(() => installation.Notification = notification);
            await vercel.Call(HttpMethod.Patch, installation, "", new JsonObject { ["notification"] = notification?.DeepClone() });
        }

        foreach (var resource in Locked(() => books.Of(installation).ToList()))
        {
            var isSuspended = resource.Status == "suspended";
            if (isOverdue != isSuspended && (isOverdue || !settings.Breaks(Breakage.NeverResumes)))
            {
                Locked(() => resource.Status = isOverdue ? "suspended" : "resumed");
                await vercel.Call(HttpMethod.Patch, installation, $"/resources/{resource.Id}", new JsonObject { ["status"] = resource.Status });
            }
        }
    }

    private static DateTimeOffset MonthOf(DateTimeOffset time) => new(time.Year, time.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset DayOf(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    private T Locked<T>(Func<T> read)
    {
        lock (books.Gate)
        {
            return read();
        }
    }

    private void Locked(Action change)
    {
        lock (books.Gate)
        {
            change();
        }
    }
}
