using LanguageExt;
using Marketplace.Core.Secrets;

namespace Marketplace.Jobs.Provisioning;

/// <summary>
/// A provisioner whose customers may have something there already, which they can link. The catalogue names it for each product that can be
/// imported. Source: contract §E.10.
/// </summary>
/// <remarks>
/// Vercel does not say who imports: the customer signs in as with the provider itself. How often somebody may try is bounded before any of
/// this is called. A fault is an exception; a <see cref="SignInRefusal"/> is an answer.
/// </remarks>
public interface IImportProvisioner : IProvisioner
{
    /// <summary>What the customer is asked for, in this order.</summary>
    Seq<SignInField> SignInFields { get; }

    /// <summary>Whom this would be. Attempts are counted by it, so it is the same however the same account is spelled.</summary>
    string SubjectOf(SignIn given);

    /// <summary>What the customer has there and could link; none where the account is good, and has nothing.</summary>
    Task<Either<SignInRefusal, Seq<Importable>>> List(SignIn given, CancellationToken cancel);

    /// <summary>The secrets of one of these, for the customer's projects. Proven anew: it may be another one's by now.</summary>
    Task<Either<SignInRefusal, Seq<Secret>>> Secrets(SignIn given, string reference, CancellationToken cancel);
}

/// <summary>One thing that a sign-in asks for.</summary>
/// <param name="Name">Of the form's field.</param>
/// <param name="IsSecret">Nobody sees what is typed.</param>
public sealed record SignInField(string Name, string Label, bool IsSecret);

/// <summary>What a customer has given to sign in, by the names of the fields; every one of them.</summary>
public sealed record SignIn(Map<string, string> Values)
{
    public string this[string name] => Values[name];

    /// <summary>Records print every property, and logs print records: what was typed stays out.</summary>
    public override string ToString() => nameof(SignIn);
}

/// <summary>Something that a customer has there.</summary>
/// <param name="Reference">What it is called there, the same every time.</param>
/// <param name="Detail">To tell it from others, in words.</param>
public sealed record Importable(string Reference, string Name, string Detail);

/// <summary>A no, with a reason that the customer can read. It does not say which part of a sign-in was wrong.</summary>
/// <param name="ProvesNothing">Whoever tries may be anybody: this counts as an attempt.</param>
public sealed record SignInRefusal(string Reason, bool ProvesNothing);
