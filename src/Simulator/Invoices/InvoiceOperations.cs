using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Usage;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Invoices;

/// <summary>Contract D.8.</summary>
internal static class InvoiceOperations
{
    public static VercelDecision Submit(VercelRequest request)
    {
        var installation = request.Installation;
        var isFinal = request.Body.OptionalFlag("final") ?? false;
        if (isFinal && installation.Stage != InstallationStage.PendingDeletion)
        {
            return request.Answer(ApiAnswer.Conflict("final: is only for an installation that is pending deletion"));
        }

        var (identified, invoice) = Read(request);
        if (invoice.ExternalId is { } externalId && installation.Invoices.Exists(other => other.ExternalId == externalId))
        {
            return request.Answer(ApiAnswer.Conflict($"externalId: {externalId} is taken by another invoice of the installation (limit 5)"));
        }

        var violations = invoice.Test is { Validate: false } ? [] : InvoiceRules.Violations(invoice, installation, request.Now);
        if (violations.Count > 0)
        {
            return request.Answer(ApiAnswer.Ok(Submitted(invoiceId: null, invoice.Test, violations)));
        }

        // An invoice in the window opens it again, unless it says that it is the last.
        var isClosing = invoice.Test is null ? isFinal : installation.IsClosing;
        var next = identified.State
            .With(installation.With(invoice) with { IsClosing = isClosing })
            .Add(InvoiceRules.Findings(invoice, installation, request.Now))
            .Send(WebhookPayloads.InvoiceChanged(installation, invoice, InvoiceState.Draft, request.Now));
        return new(next, ApiAnswer.Ok(Submitted(invoice.Id, invoice.Test, [])));
    }

    public static VercelDecision Show(VercelRequest request) =>
        Find(request) is { } invoice ? request.Answer(ApiAnswer.Ok(Write(invoice))) : Unknown(request);

    /// <summary>
    /// Refund: an invoice that is not yet charged is cancelled, whatever the amount; a charged one is paid back, also in several parts, one
    /// after the other, never more than all of it.
    /// </summary>
    public static VercelDecision Act(VercelRequest request)
    {
        if (Find(request) is not { } invoice)
        {
            return Unknown(request);
        }

        var total = decimal.Parse(request.Body.GetProperty("total").GetString()!, CultureInfo.InvariantCulture);
        if (total > invoice.Total)
        {
            return request.Answer(ApiAnswer.BadRequest($"total: must not be more than the invoice's {Wire.Text(invoice.Total)}"));
        }

        if (invoice.State == InvoiceState.RefundRequested)
        {
            return request.Answer(ApiAnswer.Conflict("A refund of the invoice is requested already."));
        }

        var before = invoice.RefundTotal ?? 0;
        if (before + total > invoice.Total)
        {
            return request.Answer(ApiAnswer.BadRequest(
                $"total: {Wire.Text(before)} of the invoice's {Wire.Text(invoice.Total)} is paid back already"));
        }

        var refunded = invoice.Become(InvoiceState.RefundRequested, request.Now) with
        {
            RefundReason = request.Body.GetProperty("reason").GetString(),
            RefundTotal = before + total,
            LastRefund = total,
            NextChangeAt = Timeline(request).FirstChange(request.Now),
        };
        var kept = request.State.With(request.Installation.With(refunded));
        return new(
            invoice.PaidAt is null && total < invoice.Total
                ? kept.Add([new Finding(
                    request.Now, $"Refund {invoice.ExternalId ?? invoice.Id}", "is of a part, but the invoice is not charged: all of it is cancelled")])
                : kept,
            ApiAnswer.NoContent);
    }

    /// <summary>What is submitted for other periods does not change its id: a provider may send them in any order.</summary>
    private static (VercelRequest Next, Invoice Invoice) Read(VercelRequest request)
    {
        var body = request.Body;
        var period = Wire.Read<WirePeriod>(body.GetProperty("period"));
        (request, var identity) = request.Identify("mi", request.Installation.Id, "submitted", Wire.Text(period.Start), Wire.Text(period.End));
        var items = Wire.Read<ImmutableList<BillingItem>>(body.GetProperty("items"));
        var discounts = body.Optional("discounts") is { } given ? Wire.Read<ImmutableList<Discount>>(given) : [];
        var invoice = new Invoice
        {
            Id = identity.Id,
            ExternalId = body.OptionalText("externalId"),
            State = InvoiceState.Draft,
            InvoiceDate = body.GetProperty("invoiceDate").GetDateTimeOffset(),
            Period = period,
            Memo = body.OptionalText("memo"),
            Items = items,
            Discounts = discounts,
            Total = items.Sum(item => item.Amount) - discounts.Sum(discount => discount.Amount),
            Test = body.Optional("test") is { } test ? ReadTest(test) : null,
            CreatedAt = request.Now,
            UpdatedAt = request.Now,
            NextChangeAt = Timeline(request).FirstChange(request.Now),
        };
        return (request, invoice);
    }

    private static InvoiceTest ReadTest(JsonElement test) => new(
        test.OptionalFlag("validate") ?? true,
        test.OptionalText("result") switch
        {
            "notpaid" => InvoiceState.NotPaid,
            "overdue" => InvoiceState.Overdue,
            _ => InvoiceState.Paid,
        });

    private static InvoiceTimeline Timeline(VercelRequest request) => new(request.Options.InvoicePaidAfter);

    private static Invoice? Find(VercelRequest request)
    {
        var id = request.RouteText("invoiceId");
        return request.Installation.Invoices.Find(invoice => invoice.Id == id);
    }

    private static VercelDecision Unknown(VercelRequest request) =>
        request.Answer(ApiAnswer.NotFound($"The installation has no invoice {request.RouteText("invoiceId")}."));

    private static JsonObject Submitted(string? invoiceId, InvoiceTest? test, List<string> violations)
    {
        var json = new JsonObject();
        if (invoiceId is not null)
        {
            json["invoiceId"] = invoiceId;
        }

        if (test is not null)
        {
            json["test"] = true;
        }

        if (violations.Count > 0)
        {
            json["validationErrors"] = Wire.Write(violations);
        }

        return json;
    }

    private static JsonObject Write(Invoice invoice)
    {
        var json = new JsonObject
        {
            ["invoiceId"] = invoice.Id,
            ["state"] = StateText(invoice.State),
            ["invoiceDate"] = Wire.Text(invoice.InvoiceDate),
            ["period"] = Wire.Write(invoice.Period),
            ["items"] = Wire.Write(invoice.Items),
            ["total"] = Wire.Text(invoice.Total),
            ["created"] = Wire.Text(invoice.CreatedAt),
            ["updated"] = Wire.Text(invoice.UpdatedAt),
        };
        Add("externalId", invoice.ExternalId);
        Add("invoiceNumber", invoice.Number);
        Add("memo", invoice.Memo);
        Add("discounts", invoice.Discounts.IsEmpty ? null : Wire.Write(invoice.Discounts));
        Add("paidAt", invoice.PaidAt is { } paidAt ? Wire.Text(paidAt) : null);
        Add("refundedAt", invoice.RefundedAt is { } refundedAt ? Wire.Text(refundedAt) : null);
        Add("refundReason", invoice.RefundReason);
        Add("refundTotal", invoice.RefundTotal is { } refundTotal ? Wire.Text(refundTotal) : null);
        Add("test", invoice.Test is null ? null : true);
        return json;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }
    }

    /// <summary>As the contract spells it: <c>notpaid</c>, but <c>refund_requested</c>.</summary>
    public static string StateText(InvoiceState state) =>
        state == InvoiceState.RefundRequested ? "refund_requested" : state.ToString().ToLowerInvariant();
}
