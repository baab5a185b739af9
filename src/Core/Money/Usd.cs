namespace Marketplace.Core.Money;

/// <summary>US dollars, exact; negative is a credit. Rounded once, when a line is billed.</summary>
public readonly record struct Usd(decimal Amount) : IComparable<Usd>
{
    public static readonly Usd Zero = new(0m);

    public static Usd operator +(Usd a, Usd b) => new(a.Amount + b.Amount);

    public static Usd operator -(Usd a, Usd b) => new(a.Amount - b.Amount);

    public static Usd operator *(Usd price, decimal quantity) => new(price.Amount * quantity);

    public static bool operator <(Usd a, Usd b) => a.Amount < b.Amount;

    public static bool operator >(Usd a, Usd b) => a.Amount > b.Amount;

    public static bool operator <=(Usd a, Usd b) => a.Amount <= b.Amount;

    public static bool operator >=(Usd a, Usd b) => a.Amount >= b.Amount;

    public static Usd Sum(IEnumerable<Usd> amounts) => new(amounts.Sum(amount => amount.Amount));

    /// <summary>Rounded to whole cents, halves to the even cent, so that many lines carry no bias.</summary>
    public Usd ToCents() => new(Math.Round(Amount, 2, MidpointRounding.ToEven));

    /// <summary>The part of this amount that falls on a share of a whole, not rounded.</summary>
    /// <param name="part">Not negative, not above <paramref name="whole"/>, in the same grain.</param>
    /// <param name="whole">Above zero.</param>
    public Usd Share(long part, long whole) => new(Amount * part / whole);

    public int CompareTo(Usd other) => Amount.CompareTo(other.Amount);
}
