using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <param name="To">Where the person wanted to go.</param>
/// <param name="Problem">Why the last attempt was none.</param>
/// <param name="Issuer">Where people sign in; null where they do not do so elsewhere.</param>
/// <param name="HasPassword">Somebody signs in here, by a password.</param>
public sealed record SignInView(string FormToken, string To, string? Problem, MessageLink? Issuer, bool HasPassword)
{
    public override string ToString() => nameof(SignInView);
}

public sealed record OperatorSessionView(string Role, string RoleText, MomentView Since, MomentView Until);
