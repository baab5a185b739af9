using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Simulator.Conformance.Cases;

namespace Marketplace.Simulator.Conformance;

/// <summary>Every case, and how they are played: one after the other, in an order that the seed fixes.</summary>
internal static class ConformanceSuite
{
    /// <summary>By family, as a reader wants them.</summary>
    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. InstallationCases.All,
        .. ResourceCases.All,
        .. DeletionCases.All,
        .. PlanCases.All,
        .. IdempotencyCases.All,
        .. RotationCases.All,
        .. TransferCases.All,
        .. TransferredCases.All,
        .. PurchaseCases.All,
        .. ReplCases.All,
        .. OutageCases.All,
        .. AuthorizationCases.All,
        .. AcceptedCallerCases.All,
        .. SigningKeyCases.All,
        .. BodyCases.All,
        .. RawBodyCases.All,
        .. MetadataCases.All,
        .. AnswerCases.All,
        .. PlanAnswerCases.All,
        .. ErrorCases.All,
        .. UnknownRouteCases.All,
        .. WebhookCases.All,
        .. SignOnCases.All,
        .. UninstallCases.All,
        .. UsageCases.All,
        .. InvoiceCases.All,
        .. DunningCases.All,
        .. StatusCases.All,
        .. TokenCases.All,
    ];

    private const string Interrupted = "The run was interrupted.";

    /// <param name="tell">Hears of each case as soon as it is over.</param>
    public static async Task<ConformanceReport> Run(
        SimulatorServer vercel, ConformanceOptions options, Action<Outcome> tell, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var startedAt = vercel.Clock.GetUtcNow();
        var provider = vercel.Partner.RequireProvider();
        var (offer, problem) = await new Survey(vercel, options, cancel).Look();
        var (outcomes, ended) = offer is null ? ([], null) : await PlayAll(vercel, options, offer, tell, cancel);
        return new(provider, options.Seed, startedAt, Stopwatch.GetElapsedTime(started), outcomes, options.ReplayCommand, problem)
        {
            IsOnVirtualTime = offer?.Has.HasFlag(Need.VirtualTime) ?? false,
            Ended = ended,
        };
    }

    /// <returns>An outcome for every case that was asked for, and why the later ones were not played, if they were not.</returns>
    private static async Task<(ImmutableList<Outcome> Outcomes, string? Ended)> PlayAll(
        SimulatorServer vercel, ConformanceOptions options, Offer offer, Action<Outcome> tell, CancellationToken cancel)
    {
        var household = new Household();
        var outcomes = ImmutableList.CreateBuilder<Outcome>();
        string? ended = null;
        foreach (var next in InOrder(options))
        {
            if (ended is not null)
            {
                outcomes.Add(new(next, new Verdict.NotObserved(ended), vercel.Clock.GetUtcNow(), TimeSpan.Zero, [], []));
                continue;
            }

            var (outcome, installed) = await Play(vercel, next, options, offer, household, cancel);
            outcomes.Add(outcome);
            tell(outcome);
            ended = cancel.IsCancellationRequested ? Interrupted
                : outcome.IsBroken && await new Pulse(vercel.Partner, vercel.Tokens, options.Patience).IsGone(outcome, cancel)
                    ? $"The run ended at {next.Id}, as the provider answered nothing any more within {options.Patience.TotalSeconds:0} s."
                : null;
            if (ended is null)
            {
                await Uninstall(vercel, installed);
            }
        }

        // Who waits for an end, or does not answer, is left as he is: a run installs teams of its own in any case.
        if (ended is null)
        {
            await Uninstall(vercel, household.Installations);
        }

        // In the order in which they are read, whatever the order in which they were played.
        return ([.. outcomes.OrderBy(outcome => All.IndexOf(outcome.Case))], ended);
    }

    /// <summary>Cases that turn the clock come last: the others begin at the same moment whatever happens to those.</summary>
    private static IEnumerable<ConformanceCase> InOrder(ConformanceOptions options) => All
        .Where(next => options.Chooses(next.Id))
        .OrderBy(next => next.Needs.HasFlag(Need.VirtualTime))
        .ThenBy(next => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Seed} {next.Id}"))), StringComparer.Ordinal);

    private static async Task<(Outcome Outcome, IReadOnlyList<string> Installed)> Play(
        SimulatorServer vercel, ConformanceCase next, ConformanceOptions options, Offer offer, Household household, CancellationToken cancel)
    {
        var startedAt = vercel.Clock.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        var mark = vercel.Log.Mark();
        using var limit = new TimeLimit(next.LimitFor(options), cancel);
        var trial = new Trial(vercel, next, options, offer, household, limit);
        var verdict = Unplayable(next, offer) ?? await Judge(next, trial, limit, cancel);
        var (exchanges, calls) = vercel.Log.Since(mark);
        var outcome = new Outcome(next, verdict, startedAt, Stopwatch.GetElapsedTime(started), exchanges, calls);

        vercel.Disturbances.Clear();
        vercel.WebhookDisturbances.Clear();
        vercel.Dashboard.ReleaseWebhooks();
        return (outcome, trial.Installed);
    }

    private static async Task<Verdict> Judge(ConformanceCase next, Trial trial, TimeLimit limit, CancellationToken cancel)
    {
        try
        {
            await next.Play(trial);
            return new Verdict.Kept();
        }
        catch (CaseEndedException ended)
        {
            return ended.Verdict;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new Verdict.NotObserved(Interrupted);
        }
        catch (OperationCanceledException)
        {
            return new Verdict.Broken($"the case is over within {limit}", "the provider had not done its part by then");
        }
        catch (Clock.FollowerBehindException behind)
        {
            return new Verdict.Broken("the provider follows the clock", behind.Message);
        }
        catch (InvalidDataException unusable)
        {
            // Of the settings, such as a probe of secrets that does not start: no fault of the provider's.
            return new Verdict.NotObserved(unusable.Message);
        }
        catch (Exception unreadable)
        {
            // Providers answer with anything; none of it ends the run for the cases that are left.
            return new Verdict.Broken("what the provider answers can be read", $"{unreadable.GetType().Name}: {unreadable.Message}");
        }
    }

    private static Verdict? Unplayable(ConformanceCase next, Offer offer)
    {
        if (next.Of is { } operation && offer.Lacks(operation))
        {
            // A plan that is paid in advance cannot be without it. Source: contract §B.0.
            return operation == PartnerOperation.ProvisionPurchase && offer.Has.HasFlag(Need.PrepaymentPlan)
                ? new Verdict.Broken("Provision Purchase is there, as a plan of type prepayment is offered", "its route answers as one that is not there")
                : new Verdict.NotOffered(operation.ToString());
        }

        var lacks = next.Needs & ~offer.Has;
        return lacks == Need.None ? null : new Verdict.NotObserved(string.Join(" ", Reasons(lacks)));
    }

    private static IEnumerable<string> Reasons(Need lacks)
    {
        if (lacks.HasFlag(Need.VirtualTime))
        {
            yield return "The provider does not follow the virtual clock at /clock, so that hours cannot pass.";
        }

        if (lacks.HasFlag(Need.Webhook))
        {
            yield return "Its webhook URL is not known: give it by --webhook or in the settings.";
        }

        if (lacks.HasFlag(Need.RedirectLogin))
        {
            yield return "Its Redirect Login URL is not known: give it in the settings.";
        }

        if (lacks.HasFlag(Need.SecretProbe))
        {
            yield return "Nothing says how to see whether a secret is good: give secretProbe in the settings.";
        }

        if (lacks.HasFlag(Need.PrepaymentPlan))
        {
            yield return "No plan of type prepayment is offered.";
        }

        if (lacks.HasFlag(Need.SubscriptionPlan))
        {
            yield return "No plan of type subscription is offered.";
        }

        if (lacks.HasFlag(Need.TwoPlans))
        {
            yield return "No product offers two plans to change between.";
        }
    }

    /// <summary>Leaves the provider as clean as it lets itself be left; what it answers is judged elsewhere.</summary>
    private static async Task Uninstall(SimulatorServer vercel, IEnumerable<string> installationIds)
    {
        foreach (var id in installationIds.Where(id => vercel.Dashboard.Installation(id).Stage == Installations.InstallationStage.Installed))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await vercel.Dashboard.Uninstall(id, limit.Token);
            }
            catch (Exception)
            {
                // Whoever does not answer, or answers what nobody can read, keeps what he has, and the others their cases.
            }
        }
    }
}
