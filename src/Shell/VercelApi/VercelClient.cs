using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Balances;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.VercelApi;

/// <summary>Vercel's API over HTTP, each call with the installation's own token. Source: contract §A.2, §D.</summary>
internal sealed class VercelClient(Func<HttpClient> clients, NpgsqlDataSource database, SecretBox box) : IVercel
{
    private const int ReasonCharactersMax = 500;

    /// <summary>Usage is told every hour, and an uninstall has only hours: what is due is not put off for longer, whoever asks for it.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    private static readonly Nothing Done = default;

    public Task<VercelAnswer<Account>> GetAccount(InstallationId installation, CancellationToken cancel) =>
        Send(installation, HttpMethod.Get, "account", null, Body<AccountWire, Account>(wire => wire.ToAccount()), cancel);

    public Task<VercelAnswer<Nothing>> UpdateResource(
        InstallationId installation, Resource resource, Seq<Secret> secrets, CancellationToken cancel) =>
        Send(installation, HttpMethod.Patch, $"resources/{Escape(resource.Id.Value)}",
            new ResourceUpdateWire(
                ResourceStatus.Of(resource), NotificationWire.Of(resource),
                secrets.IsEmpty ? null : [.. secrets.Select(SecretWire.Of)]),
            NoBody, cancel);

    public Task<VercelAnswer<Nothing>> UpdateInstallation(Installation.Active installation, CancellationToken cancel) =>
        Send(installation.Id, HttpMethod.Patch, "", new InstallationUpdateWire(NotificationWire.Of(installation.Notice)), NoBody, cancel);

    public Task<VercelAnswer<Nothing>> GetResource(InstallationId installation, ResourceId resource, CancellationToken cancel) =>
        Send(installation, HttpMethod.Get, $"resources/{Escape(resource.Value)}", null, NoBody, cancel);

    public Task<VercelAnswer<Seq<ResourceId>>> ListResources(InstallationId installation, CancellationToken cancel) =>
        Send(installation, HttpMethod.Get, "resources", null,
            Body<ResourceListWire, Seq<ResourceId>>(list =>
                list.Resources.Select(resource => new ResourceId(resource.PartnerId)).ToSeq().Strict()),
            cancel);

    public Task<VercelAnswer<Nothing>> ReplaceSecrets(
        InstallationId installation, ResourceId resource, Seq<Secret> secrets, CancellationToken cancel) =>
        Send(installation, HttpMethod.Put, $"resources/{Escape(resource.Value)}/secrets",
            new SecretsUpdateWire([.. secrets.Select(SecretWire.Of)]), NoBody, cancel);

    public Task<VercelAnswer<Nothing>> SubmitBillingData(UsageSubmission submission, CancellationToken cancel) =>
        Send(submission.Installation, HttpMethod.Post, "billing", BillingDataWire.Of(submission), NoBody, cancel);

    public Task<VercelAnswer<Nothing>> SubmitBalances(BalanceStatement statement, CancellationToken cancel) =>
        Send(statement.Installation, HttpMethod.Post, "billing/balance", BalancesWire.Of(statement.At, statement.Balances), NoBody, cancel);

    public async Task<VercelAnswer<InvoiceReceipt>> SubmitInvoice(InvoiceContent invoice, CancellationToken cancel)
    {
        var answer = await Send(
            invoice.Installation, HttpMethod.Post, "billing/invoices", InvoiceWire.Of(invoice),
            Body<InvoiceReceiptWire, InvoiceReceipt>(Receipt), cancel);
        return answer is VercelAnswer<InvoiceReceipt>.Refused { Status: (int)HttpStatusCode.Conflict, Reason: var reason }
            ? new VercelAnswer<InvoiceReceipt>.Accepted(new InvoiceReceipt.Conflict(reason))
            : answer;
    }

    public Task<VercelAnswer<PurchaseInvoice>> GetInvoice(
        InstallationId installation, VercelInvoiceId id, CancellationToken cancel) =>
        Send(installation, HttpMethod.Get, $"billing/invoices/{Escape(id.Value)}", null,
            Body<PurchaseInvoiceWire, PurchaseInvoice>(wire => wire.InvoiceId == id.Value
                ? wire.ToInvoice()
                : throw new JsonException("The answer is about another invoice.")),
            cancel);

    public Task<VercelAnswer<InvoiceReading>> ReadInvoice(InstallationId installation, VercelInvoiceId id, CancellationToken cancel) =>
        Send(installation, HttpMethod.Get, $"billing/invoices/{Escape(id.Value)}", null,
            Body<InvoiceReadingWire, InvoiceReading>(wire => wire.InvoiceId == id.Value
                ? wire.ToReading()
                : throw new JsonException("The answer is about another invoice.")),
            cancel);

    public Task<VercelAnswer<Nothing>> Refund(
        InstallationId installation, VercelInvoiceId id, Usd amount, string reason, CancellationToken cancel) =>
        Send(installation, HttpMethod.Post, $"billing/invoices/{Escape(id.Value)}/actions",
            new RefundWire("refund", reason, DecimalString.Amount(amount)), NoBody, cancel);

    public Task<VercelAnswer<Nothing>> FinalizeBilling(InstallationId installation, CancellationToken cancel) =>
        Send(installation, HttpMethod.Post, "billing/finalize", null, NoBody, cancel);

    private static InvoiceReceipt Receipt(InvoiceReceiptWire wire) =>
        wire.ValidationErrors is { Length: > 0 } errors ? new InvoiceReceipt.Invalid(errors.ToSeq().Strict())
        : wire.InvoiceId is { } id ? new InvoiceReceipt.Taken(new VercelInvoiceId(id))
        : throw new JsonException("The answer has neither an invoiceId nor validationErrors.");

    private async Task<VercelAnswer<T>> Send<T>(
        InstallationId installation,
        HttpMethod method,
        string path,
        object? body,
        Func<HttpContent, CancellationToken, Task<T>> read,
        CancellationToken cancel)
    {
        VercelAnswer<T> answer = new VercelAnswer<T>.Gone("the installation is finalized, and its token with it");
        string? refused = null;
        // A token that is refused may have been replaced at this very moment: then the new one is tried.
        while (await Token(installation, cancel) is { } token && token != refused)
        {
            (answer, var isAuthorized) = await Send(installation, token, method, path, body, read, cancel);
            if (isAuthorized)
                break;
            refused = token;
        }

        return answer;
    }

    private async Task<(VercelAnswer<T> Answer, bool IsAuthorized)> Send<T>(
        InstallationId installation,
        string token,
        HttpMethod method,
        string path,
        object? body,
        Func<HttpContent, CancellationToken, Task<T>> read,
        CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, $"v1/installations/{Escape(installation.Value)}/{path}".TrimEnd('/'));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: WireJson.Options);

        try
        {
            // From the factory each time, so that a change of addresses is noticed; the connections below are shared.
            using var http = clients();
            using var response = await http.SendAsync(request, cancel);
            return response.IsSuccessStatusCode
                ? (new VercelAnswer<T>.Accepted(await read(response.Content, cancel)), true)
                : (await Failure<T>(response, cancel), response.StatusCode != HttpStatusCode.Unauthorized);
        }
        catch (HttpRequestException fault)
        {
            return (new VercelAnswer<T>.Unknown($"no answer: {fault.HttpRequestError}", null), true);
        }
        catch (JsonException)
        {
            return (new VercelAnswer<T>.Unknown("the answer is not the JSON that the contract describes", null), true);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (new VercelAnswer<T>.Unknown("no answer in time", null), true);
        }
    }

    private static async Task<VercelAnswer<T>> Failure<T>(HttpResponseMessage response, CancellationToken cancel)
    {
        var reason = await Reason(response, cancel);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Gone => new VercelAnswer<T>.Gone($"{(int)response.StatusCode}: {reason}"),
            HttpStatusCode.NotFound => new VercelAnswer<T>.NotFound(reason),
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout =>
                new VercelAnswer<T>.Unknown($"{(int)response.StatusCode}: {reason}", RetryAfter(response)),
            >= HttpStatusCode.InternalServerError => new VercelAnswer<T>.Unknown(
                $"{(int)response.StatusCode}: {reason}", RetryAfter(response)),
            var status => new VercelAnswer<T>.Refused((int)status, reason),
        };
    }

    /// <summary>Seconds or a date, and the date is the network's time, not that of our decisions.</summary>
    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => Bounded(delta),
            { Date: { } date } => Bounded(date - TimeProvider.System.GetUtcNow()),
            _ => null,
        };

    private static TimeSpan Bounded(TimeSpan wait) =>
        wait < TimeSpan.Zero ? TimeSpan.Zero : wait > RetryAfterMax ? RetryAfterMax : wait;

    /// <summary>Bodies of errors are not in the specification: the usual shape is read leniently, anything else as text.</summary>
    private static async Task<string> Reason(HttpResponseMessage response, CancellationToken cancel)
    {
        var text = await response.Content.ReadAsStringAsync(cancel);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message", out var message))
            {
                text = message.ToString();
            }
        }
        catch (JsonException)
        {
            // Then the text is all there is.
        }

        return text.Length <= ReasonCharactersMax ? text : text[..ReasonCharactersMax];
    }

    private async Task<string?> Token(InstallationId installation, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await InstallationRows.LoadAccessToken(connection, installation, cancel) is { } cipher
            ? box.UnprotectText(cipher, "installation", installation.Value)
            : null;
    }

    private static Task<Nothing> NoBody(HttpContent content, CancellationToken cancel) => Task.FromResult(Done);

    private static Func<HttpContent, CancellationToken, Task<T>> Body<TWire, T>(Func<TWire, T> map) =>
        async (content, cancel) =>
            map(await content.ReadFromJsonAsync<TWire>(WireJson.Options, cancel) ?? throw new JsonException("The body is null."));

    private static string Escape(string segment) => Uri.EscapeDataString(segment);

    private sealed record ResourceUpdateWire(
        string Status,
        // Null is said, because it is what takes away a banner that was shown before.
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] NotificationWire? Notification,
        SecretWire[]? Secrets);

    private sealed record InstallationUpdateWire(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] NotificationWire? Notification);

    private sealed record SecretsUpdateWire(SecretWire[] Secrets);

    private sealed record InvoiceReceiptWire(string? InvoiceId = null, string[]? ValidationErrors = null);

    private sealed record RefundWire(string Action, string Reason, string Total);

    private sealed record ResourceListWire(ListedResourceWire[] Resources);

    private sealed record ListedResourceWire(string PartnerId);
}
