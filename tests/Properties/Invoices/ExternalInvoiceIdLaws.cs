using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Time;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Invoices;

public sealed class ExternalInvoiceIdLaws
{
    private static readonly Gen<(InstallationId Installation, BillingPeriod Period, int? Ordinal)> Named =
        from installation in Gen.Elements("icfg_1", "icfg_1-20270101T000000", "icfg-1", "1")
        from anchor in Gen.Elements(1, 15, 31)
        from month in Gen.Choose(1, 4)
        from ordinal in Gen.Elements<int?>(null, 1, 2, 11)
        select (
            new InstallationId(installation),
            BillingPeriod.Containing(
                new DateTimeOffset(2027, month, 16, 0, 0, 0, TimeSpan.Zero),
                BillingAnchor.Of(anchor, 0).IfNone(BillingAnchor.CalendarMonth)),
            ordinal);

    [Fact]
    public void Two_invoices_share_a_name_if_and_only_if_they_are_the_same() =>
        Law.Holds(
            from one in Named
            from another in Named
            from near in Gen.Elements(true, false)
            select (one, other: near ? one with { Ordinal = another.Ordinal } : another),
            given => (Of(given.one) == Of(given.other))
                == ((given.one.Installation, given.one.Period.Start, given.one.Ordinal)
                    == (given.other.Installation, given.other.Period.Start, given.other.Ordinal)));

    [Fact]
    public void A_name_can_be_read() =>
        Assert.Equal(
            "icfg_1-20270101T000000-1",
            ExternalInvoiceId.For(
                new InstallationId("icfg_1"),
                BillingPeriod.MonthOf(DateTimeOffset.Parse("2027-01-20T00:00:00Z")), ordinal: 1).Value);

    private static ExternalInvoiceId Of((InstallationId Installation, BillingPeriod Period, int? Ordinal) named) =>
        named.Ordinal is { } ordinal
            ? ExternalInvoiceId.For(named.Installation, named.Period, ordinal)
            : ExternalInvoiceId.Final(named.Installation, named.Period);
}
