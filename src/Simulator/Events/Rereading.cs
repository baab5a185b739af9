using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Events;

/// <summary>Reads the provider's view again after its event, with a system token. Source: contract D.4.</summary>
internal sealed class Rereading(VercelStore store, PartnerClient partner, TokenIssuer issuer, TimeProvider clock)
{
    public async Task Read(Reread reread, CancellationToken cancel)
    {
        var installation = store.Current.Installations[reread.InstallationId];
        // What a provider's events cause does not change the ids of what the customer does meanwhile.
        var token = issuer.ForSystem(installation.AccountId, installation.Id, store.Identify("jti", installation.Id, "read again").Hexadecimal(32));
        var exchange = await partner.Call(
            reread.ResourceId is { } id
                ? PartnerCalls.GetResource(installation.Id, id, token)
                : PartnerCalls.GetInstallation(installation.Id, token),
            cancel);
        var now = clock.GetUtcNow();
        store.Change(state => Apply(state, reread, exchange, now));
    }

    /// <summary>To be tried again, ever later, or given up.</summary>
    public static VercelState Failed(VercelState state, Reread reread, string subject, string? why, DateTimeOffset now)
    {
        state = state with { Rereads = state.Rereads.Remove(reread) };
        return reread.Attempts + 1 < Reread.AttemptsMax
            ? state with { Rereads = state.Rereads.Add(reread.Again(now)) }
            : state.Add(new Finding(now, subject, $"given up: {why}"));
    }

    private static VercelState Apply(VercelState state, Reread reread, Exchange exchange, DateTimeOffset now)
    {
        var subject = $"{exchange.Operation} {reread.ResourceId ?? reread.InstallationId} after its event";
        state = state.Add(exchange.Findings.Concat(exchange.Remarks).Select(finding => new Finding(now, subject, finding)));
        if (exchange.Status is null or >= 500)
        {
            return Failed(state, reread, subject, exchange.Status?.ToString() ?? exchange.Failure, now);
        }

        state = state with { Rereads = state.Rereads.Remove(reread) };
        if (exchange is not { IsSuccess: true, Findings.IsEmpty: true, Json: { } answer })
        {
            return exchange.IsSuccess ? state : state.Add(new Finding(now, subject, $"answered {exchange.Status}"));
        }

        var installation = state.Installations[reread.InstallationId];
        if (reread.ResourceId is not { } id)
        {
            return state.With(ProviderAnswers.Apply(installation, answer, now));
        }

        return installation.Find(id) is { } resource
            ? state.With(installation.With(ProviderAnswers.Apply(resource, answer, now)))
            : state;
    }
}
