using System.Text.Json.Serialization;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Time;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Installations;

/// <summary>PUT /v1/installations/{installationId}: installs, or replaces the credentials of what is installed. Source: contract §B.1.</summary>
internal static class UpsertInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.User, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, JsonBody<UpsertWire> body, Decisions decisions, Catalogue catalogue, SecretBox box,
        TimeProvider clock, CancellationToken cancel)
    {
        var asked = body.Value;
        if (asked.Problem() is { } problem)
            return Task.FromResult<IResult>(problem);

        var registration = asked.ToRegistration(caller.Account);
        var token = box.Protect(asked.Credentials.AccessToken, "installation", caller.Installation.Value);
        return decisions.Decide(
            caller.Installation, KeyedCall.Of(request, body.Raw),
            (transaction, writes) => Decide(transaction, writes, registration, token), cancel);

        async Task<PartnerAnswer> Decide(NpgsqlTransaction transaction, Writes writes, Registration told, byte[] accessToken)
        {
            var (now, actor) = (clock.GetUtcNow(), Actor.Of(caller, "install"));
            var current = await InstallationRows.LoadForUpdate(transaction, caller.Installation, cancel);
            var decided = current is null
                ? InstallationTransitions.Install(caller.Installation, told, catalogue.DefaultInstallationPlan, now)
                : InstallationTransitions.Apply(current, new InstallationCommand.Register(told), now);
            return decided.Match(
                Right: transition =>
                {
                    if (current is null)
                    {
                        InstallationRows.Insert(
                            writes, (Installation.Active)transition.Next, accessToken, asked.Credentials.TokenType);
                        BillingScheduleRows.Schedule(writes, caller.Installation, BillingWork.Usage, HourSlot.Of(now).End);
                        BillingScheduleRows.Schedule(
                            writes, caller.Installation, BillingWork.Invoices, BillingPeriod.MonthOf(now).End);
                    }
                    else
                    {
                        InstallationRows.Save(writes, transition.Next);
                        InstallationRows.ReplaceCredentials(
                            writes, caller.Installation, accessToken, asked.Credentials.TokenType);
                        EventRows.Append(
                            writes, caller.Installation, null, now, "installation.CredentialsReplaced", actor, new { });
                    }

                    EventRows.Append(writes, transition.Events, actor);
                    return PartnerAnswer.Ok(InstallationWire.Of(transition.Next, catalogue));
                },
                Left: rejection => PartnerAnswer.Of(InstallationProblem.From(rejection)));
        }
    }

    internal sealed record UpsertWire(
        string[] Scopes, Dictionary<string, DateTimeOffset> AcceptedPolicies, CredentialsWire Credentials, AccountWire Account)
    {
        public PartnerErrorResult? Problem() =>
            Scopes.Length == 0 ? PartnerResults.ValidationError("scopes: at least one is required.")
            : Scopes.Contains(null) ? PartnerResults.ValidationError("scopes: each must be a string.")
            : Credentials.AccessToken.Length == 0 ? PartnerResults.ValidationError("credentials.access_token: must not be empty.")
            : null;

        public Registration ToRegistration(AccountId account) =>
            new(account,
                new Account(
                    Account.Url, Optional(Account.Name)!,
                    Optional(Account.Contact).Map(contact => new Contact(contact!.Email, Optional(contact.Name)!))),
                Scopes.ToSeq().Strict(),
                toMap(AcceptedPolicies.Select(policy => (policy.Key, policy.Value.ToUniversalTime()))));

        public override string ToString() => nameof(UpsertWire);
    }

    internal sealed record CredentialsWire(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("token_type")] string TokenType)
    {
        /// <summary>Records print every property, and logs print records: the token stays out.</summary>
        public override string ToString() => nameof(CredentialsWire);
    }

    internal sealed record AccountWire(string Url, string? Name = null, ContactWire? Contact = null);

    internal sealed record ContactWire(string Email, string? Name = null);
}
