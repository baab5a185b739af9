using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Resources;

public sealed class SetStatusLaws
{
    private static readonly Gen<SetStatus> Said = Gen.OneOf(
        Gen.Constant((SetStatus)new SetStatus.Ready()),
        Gen.Constant((SetStatus)new SetStatus.Onboarding()),
        AnyResource.Reason.Select(reason => (SetStatus)new SetStatus.Error(reason)));

    private static readonly Gen<(Resource Resource, SetStatus Said, DateTimeOffset Now)> Asked =
        from resource in AnyResource.State from said in Said from now in AnyTime.Moment select (resource, said, now);

    [Fact]
    public void The_generator_knows_everything_that_can_be_said() => Union.IsKnownTo(Said);

    [Fact]
    public void What_is_said_is_what_Vercel_shows_unless_it_is_refused() =>
        Law.Holds(Asked, given => given.Said.Decide(given.Resource, given.Now).Match(
            Right: done => Shows(done.Next, given.Said),
            Left: _ => given.Resource is not (Resource.Onboarding or Resource.Ready or Resource.Resumed)));

    [Fact]
    public void What_is_said_twice_is_said_once() =>
        Law.Holds(Asked, given => given.Said.Decide(given.Resource, given.Now).Match(
            Right: once => given.Said.Decide(once.Next, given.Now).Match(
                Right: twice => twice.Next == once.Next && twice.Events.IsEmpty, Left: _ => false),
            Left: _ => true));

    /// <summary>Nobody gets in because somebody says that all is well.</summary>
    [Fact]
    public void Nobody_ends_a_suspension_by_saying_so() =>
        Law.Holds(Asked, given => given.Resource is not Resource.Suspended
            || given.Said.Decide(given.Resource, given.Now).Match(Right: _ => false, Left: why => why is ResourceRejection.CurrentlySuspended));

    [Fact]
    public void A_fault_changes_what_is_shown_and_nothing_else() =>
        Law.Holds(Asked, given => new SetStatus.Error("broken").Decide(given.Resource, given.Now).Match(
            Right: faulty => faulty.Next.GetType() == given.Resource.GetType()
                && faulty.Next.Facts with { Fault = None } == given.Resource.Facts with { Fault = None },
            Left: _ => true));

    /// <summary>Whatever became of it in between, it is said again.</summary>
    [Fact]
    public void A_fault_is_kept_through_a_suspension() =>
        Law.Holds(
            from profile in AnyResource.Profile from reason in AnyResource.Reason from now in AnyTime.Moment select (profile, reason, now),
            given => new SetStatus.Error(given.reason).Decide(new Resource.Ready(given.profile), given.now)
                .Bind(faulty => ResourceTransitions.ApplyAll(
                    faulty.Next,
                    Seq<ResourceCommand>(new ResourceCommand.Suspend(SuspensionCause.NonPayment, "unpaid"), new ResourceCommand.Resume(SuspensionCause.NonPayment)),
                    given.now))
                .Match(Right: back => Shows(back.Next, new SetStatus.Error(given.reason)), Left: _ => false));

    [Theory]
    [InlineData("ready", null, true)]
    [InlineData("onboarding", null, true)]
    [InlineData("error", "Broken", true)]
    [InlineData("error", null, false)]
    [InlineData("suspended", "Abuse", false)]
    [InlineData("pending", null, false)]
    [InlineData("uninstalled", null, false)]
    [InlineData(null, null, false)]
    public void Only_what_nobody_else_knows_can_be_said(string? status, string? reason, bool isGood) =>
        Assert.Equal(isGood, SetStatus.Parse(Optional(status)!, Optional(reason)!).IsSuccess);

    private static bool Shows(Resource resource, SetStatus said) =>
        said switch
        {
            SetStatus.Ready => ResourceStatus.Of(resource) is "ready" or "resumed" && resource.Facts.Fault.IsNone,
            SetStatus.Onboarding => ResourceStatus.Of(resource) == "onboarding",
            SetStatus.Error error => ResourceStatus.Of(resource) == "error" && resource.Facts.Fault == Some(error.Reason),
            _ => false,
        };
}
