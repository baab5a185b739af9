using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Properties.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Secrets;

/// <summary>Secrets of one resource, as rotations and their ends leave them behind.</summary>
internal static class AnySecrets
{
    public static readonly ResourceId Resource = new("res_1");

    private static readonly DateTimeOffset Birth = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly Gen<OperationId> Operation = Gen.Choose(1, 5).Select(number => new OperationId($"op_{number}"));

    /// <summary>From none to thirty days, with a taste for the bounds and for minutes.</summary>
    public static readonly Gen<TimeSpan> Delay = Gen.Frequency(
        (2, Gen.Constant(TimeSpan.Zero)),
        (4, Gen.Choose(1, 720 * 60).Select(minutes => TimeSpan.FromMinutes(minutes))),
        (2, Gen.Choose(1, 180).Select(minutes => TimeSpan.FromMinutes(minutes))),
        (1, Gen.Constant(TimeSpan.FromHours(720))));

    public static readonly Gen<SecretCommand> Command = Gen.OneOf(
        from operation in Operation from delay in Delay select (SecretCommand)new SecretCommand.Rotate(operation, delay),
        Operation.ListOf().Select(ended => (SecretCommand)new SecretCommand.ConfirmEnd(ended.ToSeq().Strict())));

    /// <summary>Rotations at ever later moments. Whoever is told to end what is due does so at once, later, or never.</summary>
    public static readonly Gen<ResourceSecrets> State =
        from first in Operation
        from steps in (from operation in Operation
                       from delay in Delay
                       from minutes in Gen.Choose(0, 2 * 24 * 60)
                       from ends in Gen.Elements(true, false)
                       select (operation, delay, minutes, ends)).ListOf()
        select steps.Take(6).Aggregate(
            (Secrets: SecretTransitions.Mint(Resource, first, Birth).Next, Now: Birth),
            (lived, step) =>
            {
                var now = lived.Now.AddMinutes(step.minutes);
                var rotated = Applied(lived.Secrets, new SecretCommand.Rotate(step.operation, step.delay), now);
                return (step.ends ? Applied(rotated, new SecretCommand.ConfirmEnd(rotated.DueAt(now)), now) : rotated, now);
            }).Secrets;

    public static readonly Gen<SecretGeneration> Generation =
        from secrets in State from generation in Gen.Elements<SecretGeneration>(secrets.Generations) select generation;

    /// <summary>A moment around those at which something changes, and the very moments.</summary>
    public static Gen<DateTimeOffset> MomentFor(ResourceSecrets secrets) =>
        from edge in Gen.Elements<DateTimeOffset>(
            secrets.Generations.Map(generation => generation.MintedAt) + secrets.NextDueAt.ToSeq() + Seq1(Birth.AddDays(60)))
        from minutes in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(0, 3 * 24 * 60)))
        select Later(edge.AddMinutes(minutes), secrets.Current.MintedAt);

    public static ResourceSecrets Applied(ResourceSecrets secrets, SecretCommand command, DateTimeOffset now) =>
        SecretTransitions.Apply(secrets, command, now).Match(Right: done => done.Next, Left: _ => secrets);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one < other ? other : one;
}
