namespace Marketplace.Core.Money;

/// <summary>US dollars, exact; negative is a credit. Rounded once, when a line is billed.</summary>
public readonly record struct Usd(decimal Amount)
{
    public static readonly Usd Zero = new(0m);

    public static Usd operator +(Usd a, Usd b) => new(a.Amount + b.Amount);

    public static Usd operator -(Usd a, Usd b) => new(a.Amount - b.Amount);

    public static Usd operator *(Usd price, decimal quantity) => new(price.Amount * quantity);

    /// <summary>Rounded to whole cents, halves to the even cent, so that many lines carry no bias.</summary>
    public Usd ToCents() => new(Math.Round(Amount, 2, MidpointRounding.ToEven));
}
