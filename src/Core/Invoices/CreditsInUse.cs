using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;

namespace Marketplace.Core.Invoices;

/// <summary>Gives back, on one invoice, as much as it has room for.</summary>
internal static class CreditsInUse
{
    /// <summary>The uses that an invoice has, and as many of the open credits as fit: first where they come from, then anywhere, oldest first.</summary>
    public static Seq<CreditUse> On(InvoiceContent content, Seq<Credit> open)
    {
        var uses = content.Credits;
        var room = content.Bills.ToDictionary(who => who, who => Room(content, who));
        foreach (var credit in open)
        {
            var left = credit.Amount;
            foreach (var who in content.Bills.OrderBy(who => Distance(credit.Source, who)))
            {
                var amount = left < room[who] ? left : room[who];
                if (amount > Usd.Zero)
                {
                    uses = uses.Add(new CreditUse(credit.Source, who, amount));
                    (left, room[who]) = (left - amount, room[who] - amount);
                }
            }
        }

        return uses.Strict();
    }

    private static Usd Room(InvoiceContent content, SubjectPlan who) =>
        Usd.Sum(content.Lines.Filter(line => SubjectPlan.Of(line) == who).Map(line => line.Total))
        - Usd.Sum(content.Deductions.Filter(discount => SubjectPlan.Of(discount) == who).Map(discount => discount.Amount));

    private static int Distance(CreditSource source, SubjectPlan who) =>
        source.Subject != who.Subject ? 2 : source.Plan != who.Plan ? 1 : 0;
}
