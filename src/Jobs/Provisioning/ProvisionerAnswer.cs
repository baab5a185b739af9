using System.Diagnostics;
using LanguageExt;

namespace Marketplace.Jobs.Provisioning;

/// <summary>
/// What a provisioner says to an operation. A fault (the server is down, a time-out) is none of these but an exception: nobody knows what
/// became of the operation, and it is asked for again.
/// </summary>
/// <typeparam name="T">What is handed out when it is done: secrets, or nothing but that it is.</typeparam>
public abstract record ProvisionerAnswer<T>
{
    private ProvisionerAnswer() { }

    public sealed record Done(T Value) : ProvisionerAnswer<T>;

    /// <summary>A final no, with a reason that the customer can read: asking again cannot help, and what was before goes on.</summary>
    public sealed record Refused(string Reason) : ProvisionerAnswer<T>;

    /// <summary>
    /// It was taken on, and is not done yet. Its outcome arrives by itself, or by asking again with the same operation: whichever is first.
    /// </summary>
    /// <param name="AskAfter">When asking makes sense at the earliest; null leaves it to the caller.</param>
    public sealed record Pending(TimeSpan? AskAfter) : ProvisionerAnswer<T>;

    public static implicit operator ProvisionerAnswer<T>(T value) => new Done(value);

    public static implicit operator ProvisionerAnswer<T>(ProvisionerRefusal refusal) => new Refused(refusal.Reason);

    /// <summary>The same of another value; what is not done stays as it is.</summary>
    public ProvisionerAnswer<TOther> Map<TOther>(Func<T, TOther> map) =>
        this switch
        {
            Done done => new ProvisionerAnswer<TOther>.Done(map(done.Value)),
            Refused refused => new ProvisionerAnswer<TOther>.Refused(refused.Reason),
            Pending pending => new ProvisionerAnswer<TOther>.Pending(pending.AskAfter),
            _ => throw new UnreachableException(GetType().Name),
        };
}

/// <summary>Answers that hand nothing out.</summary>
public static class ProvisionerAnswer
{
    public static readonly ProvisionerAnswer<Unit> Done = Prelude.unit;
}
