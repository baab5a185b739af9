using System.Text.Json.Serialization;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Time;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Billing;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
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
        var call = KeyedCall.Of(request, body.Raw);
        return body.Value.Parse(caller.Account).Match(
            Succ: upsert =>
            {
                var token = box.Protect(upsert.AccessToken, "installation", caller.Installation.Value);
                return decisions.Decide(
                    caller.Installation, call, loads => Look(loads, upsert, token), cancel);
            },
            Fail: errors => decisions.Refuse(caller.Installation, call, FieldProblem.From(errors), cancel));

        Func<Writes, PartnerAnswer> Look(Loads loads, Upsert upsert, byte[] accessToken)
        {
            var current = InstallationRows.LoadForUpdate(loads, caller.Installation);
            var ofTeam = TeamRows.Active(loads, caller.Account);
            return writes => Decide(writes, current.Value, ofTeam.Value, upsert, accessToken);
        }

        PartnerAnswer Decide(
            Writes writes, Installation? current, Option<InstallationId> ofTeam, Upsert upsert, byte[] accessToken)
        {
            var now = clock.GetUtcNow();
            var decided = current is null
                ? InstallationTransitions.Install(
                    caller.Installation, upsert.Registration, catalogue.DefaultInstallationPlan, catalogue.Billing.AnchorOf(now), ofTeam, now)
                : InstallationTransitions.Apply(current, new InstallationCommand.Register(upsert.Registration, ofTeam), now);
            return decided.Match(
                Right: transition =>
                {
                    if (current is null)
                        Install(writes, (Installation.Active)transition.Next, accessToken, upsert.TokenType, now);
                    else
                        Renew(writes, (Installation.Active)current, (Installation.Active)transition.Next, accessToken, upsert.TokenType, now);
                    EventRows.Append(writes, transition.Events, Actor.Of(caller, "install"));
                    return PartnerAnswer.Ok(InstallationWire.Of(transition.Next, catalogue));
                },
                Left: rejection => PartnerAnswer.Of(InstallationProblem.From(rejection)));
        }

        void Install(Writes writes, Installation.Active installed, byte[] accessToken, string tokenType, DateTimeOffset now)
        {
            InstallationRows.Insert(writes, installed, accessToken, tokenType);
            installed.Plan.IfSome(plan => PlanPeriodRows.Save(
                writes, catalogue, installed.Id, PlanPeriods.Unopened(PlanSubject.WholeInstallation),
                PlanPeriods.Open(PlanSubject.WholeInstallation, PlanTerms.Of(plan), now)));
            TeamRows.Claim(writes, installed.Registration.AccountId, installed.Id);
            BillingScheduleRows.Begin(writes, installed.Id, HourSlot.Of(now).End, BillingPeriod.Containing(now, installed.Anchor).End);
        }

        void Renew(
            Writes writes, Installation.Active before, Installation.Active after, byte[] accessToken, string tokenType, DateTimeOffset now)
        {
            if (before.Registration == after.Registration)
                InstallationRows.ReplaceCredentials(writes, after.Id, accessToken, tokenType);
            else
                Register(writes, before, after, accessToken, tokenType, now);
            EventRows.Append(
                writes, after.Id, null, now, "installation.CredentialsReplaced", Actor.Of(caller, "install"), new { });
            OutboxRows.TokenCame(writes, after.Id, now);
            BillingScheduleRows.TokenCame(writes, after.Id);
        }

        // Webhooks tell of team and scopes as well, and one that was sent before this call may come after it.
        void Register(
            Writes writes, Installation.Active before, Installation.Active after, byte[] accessToken, string tokenType, DateTimeOffset now)
        {
            InstallationRows.Register(writes, after, accessToken, tokenType);
            var told = new Told(now, "");
            if (before.Registration.Scopes != after.Registration.Scopes)
                InstallationNewsRows.Save(writes, after.Id, NewsSubject.Scopes, told);
            if (before.Registration.AccountId != after.Registration.AccountId)
            {
                InstallationNewsRows.Save(writes, after.Id, NewsSubject.Team, told);
                TeamRows.Release(writes, before.Registration.AccountId, before.Id);
                TeamRows.Claim(writes, after.Registration.AccountId, after.Id);
            }
        }
    }

    /// <summary>What was sent, with every field good in itself. The token is in no text of it.</summary>
    internal sealed record Upsert(Registration Registration, string AccessToken, string TokenType)
    {
        public override string ToString() => nameof(Upsert);
    }

    /// <summary>Nothing is required here: what is missing is named together with everything else that is wrong.</summary>
    internal sealed record UpsertWire(
        string?[]? Scopes = null,
        Dictionary<string, DateTimeOffset>? AcceptedPolicies = null,
        CredentialsWire? Credentials = null,
        AccountWire? Account = null)
    {
        public Validation<FieldError, Upsert> Parse(AccountId team)
        {
            var errors = Problems().ToSeq().Strict();
            return errors.IsEmpty
                ? new Upsert(ToRegistration(team), Credentials!.AccessToken!, Credentials.TokenType!)
                : Validation<FieldError, Upsert>.Fail(errors);
        }

        private IEnumerable<FieldError> Problems() =>
        [
            .. Scopes is null or [] || System.Array.Exists(Scopes, string.IsNullOrEmpty)
                ? Wrong("scopes", "At least one scope is required, and each is a text.") : [],
            .. AcceptedPolicies is null ? Wrong("acceptedPolicies", "An object is required: each policy with the moment of its acceptance.") : [],
            .. Required("credentials.access_token", Credentials?.AccessToken),
            .. Required("credentials.token_type", Credentials?.TokenType),
            .. Required("account.url", Account?.Url),
            .. Account?.Contact is { } contact ? Required("account.contact.email", contact.Email) : [],
        ];

        private static IEnumerable<FieldError> Required(string key, string? text) =>
            string.IsNullOrEmpty(text) ? Wrong(key, "A text is required.") : [];

        private static IEnumerable<FieldError> Wrong(string key, string message) => [new FieldError(key, message)];

        private Registration ToRegistration(AccountId team) =>
            new(team,
                new Account(
                    Account!.Url!, Optional(Account.Name)!,
                    Optional(Account.Contact).Map(contact => new Contact(contact!.Email!, Optional(contact.Name)!))),
                Scopes!.Select(scope => scope!).ToSeq().Strict(),
                toMap(AcceptedPolicies!.Select(policy => (policy.Key, policy.Value.ToUniversalTime()))));

        public override string ToString() => nameof(UpsertWire);
    }

    internal sealed record CredentialsWire(
        [property: JsonPropertyName("access_token")] string? AccessToken = null,
        [property: JsonPropertyName("token_type")] string? TokenType = null)
    {
        /// <summary>Records print every property, and logs print records: the token stays out.</summary>
        public override string ToString() => nameof(CredentialsWire);
    }

    internal sealed record AccountWire(string? Url = null, string? Name = null, ContactWire? Contact = null);

    internal sealed record ContactWire(string? Email = null, string? Name = null);
}
