using System.Reflection;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.ProviderEvents;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Properties.BillingPlans;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.ProviderEvents;

public sealed class ProviderNewsLaws
{
    private static readonly DateTimeOffset Now = new(2027, 1, 31, 20, 0, 0, TimeSpan.Zero);

    /// <summary>What an event may consist of. A new type is a new question: may the backend's log have it?</summary>
    private static readonly string[] Sayable =
    [
        "ResourceId", "InstallationId", "AccountId", "PlanId", "ProductId", "ProjectId", "ClaimId", "ExternalInvoiceId", "VercelInvoiceId", "Usd",
        "DateTimeOffset", "ResourceOwnership", "SuspensionCause", "InstallationPart",
    ];

    /// <summary>Texts, by what they are: a reason, a resource's name before and after, Vercel's id of a person.</summary>
    private static readonly string[] SayableTexts = ["Reason", "Reasons", "From", "To", "UserId"];

    /// <summary>Falls only, by any steps, through low and past zero.</summary>
    private static readonly Gen<(Seq<Usd> Left, BalancePolicy Policy)> Falls =
        from low in Gen.OneOf(Gen.Constant(Option<Usd>.None), Gen.Choose(1, 500).Select(cents => Some(new Usd(cents / 100m))))
        from atZero in Gen.Elements(
            (AtZero)new AtZero.Stop(), new AtZero.Grace(TimeSpan.FromHours(1)), new AtZero.Overdraft(new Usd(2m)))
        from start in Gen.Choose(1, 1000)
        from steps in Gen.Choose(0, 300).ListOf(8)
        select (
            steps.Scan(start, (left, step) => left - step).Select(cents => new Usd(cents / 100m)).ToSeq().Strict(),
            new BalancePolicy(low, atZero));

    [Fact]
    public void Whatever_happens_it_is_decided_whether_the_backend_hears_of_it()
    {
        Decided<InstallationEvent>(ProviderNews.Of);
        Decided<ResourceEvent>(ProviderNews.Of);
        Decided<SecretEvent>(ProviderNews.Of);
        Decided<InvoiceEvent>(ProviderNews.Of);
        Decided<BalanceEvent>(ProviderNews.Of);

        static void Decided<T>(Func<T, Option<ProviderEvent>> news) => Assert.All(
            Union.CasesOf(typeof(T)), happened => news((T)RuntimeHelpers.GetUninitializedObject(happened)));
    }

    [Fact]
    public void Nothing_is_told_but_ids_names_and_what_changed() => Assert.All(
        from told in Union.CasesOf(typeof(ProviderEvent))
        from said in told.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        select (told, said),
        one => Assert.True(
            Said(one.said.PropertyType) is { Name: var name }
            && (Sayable.Contains(name) || (name == nameof(String) && SayableTexts.Contains(one.said.Name))),
            $"{one.told.Name} tells {one.said.Name}, which is {one.said.PropertyType}."));

    [Fact]
    public void What_only_falls_is_told_once_when_it_is_low_and_once_when_nothing_is_left() =>
        Law.Holds(Falls, given =>
        {
            var stands = given.Left.Map(left => Seq1(Standing(left, given.Policy))).Strict();
            var told = stands.Zip(stands.Tail, ProviderNews.OfFall).Bind(news => news).ToArray();
            var lows = told.OfType<ProviderEvent.BalanceLow>().ToArray();
            var empties = told.OfType<ProviderEvent.BalanceEmpty>().ToArray();

            Assert.Equal(given.Left.Last.Amount <= 0m ? 1 : 0, empties.Length);
            Assert.True(lows.Length <= 1);
            Assert.All(lows, low => Assert.True(low.Left > Usd.Zero && given.Policy.LowAt.Exists(at => low.Left < at)));
            // Who starts above the mark and comes to stand below it, with something left, is told.
            Assert.Equal(
                given.Policy.LowAt.Exists(at => given.Left.Head >= at && given.Left.Exists(left => left > Usd.Zero && left < at)) ? 1 : 0, lows.Length);
            Assert.Equal(lows.Length + empties.Length, told.Length);
            Assert.True(lows.Length == 0 || told[0] == lows[0]);
        });

    [Fact]
    public void What_comes_in_is_no_fall() =>
        Law.Holds(Falls, given =>
        {
            var stands = given.Left.Rev().Map(left => Seq1(Standing(left, given.Policy))).Strict();
            return stands.Zip(stands.Tail, ProviderNews.OfFall).All(news => news.IsEmpty);
        });

    private static WatchedBalance Standing(Usd left, BalancePolicy policy)
    {
        var standing = new BalanceStanding(left, 1, left > Usd.Zero ? None : Some(Now));
        return new WatchedBalance(
            PlanSubject.WholeInstallation, AnyBilling.PlanOf(new PlanId("prepaid"), 0m), standing, BalanceStage.Of(standing, policy, Now, Now));
    }

    private static Type Said(Type type) => type.IsGenericType ? type.GetGenericArguments()[0] : type;
}
