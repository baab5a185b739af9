using Marketplace.Shell.Http;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>The routes of the console: the session is checked before anything else. Use each once, in a static readonly field.</summary>
internal static class OperatorEndpoint
{
    /// <summary>Shows something, to viewers and operators. The handler may take an <see cref="Operator"/>.</summary>
    public static RequestDelegate Page(Delegate handler)
    {
        var admitted = HandlerDelegate.Create(handler);
        return context => Gate(context).Show(context, admitted);
    }

    /// <summary>
    /// Changes something: asks for the role, for the token of the form, and for a reason. The handler takes an
    /// <see cref="OperatorAction"/>, and answers best with an <see cref="OperatorAnswer"/>.
    /// </summary>
    /// <param name="what">In the imperative and in the audit's words: <c>replay messages</c>. The same wherever the same is done.</param>
    /// <param name="about">What it is done to, for the audit, where the address alone does not say so. It is written before the handler begins.</param>
    public static RequestDelegate Action(string what, Delegate handler, Func<OperatorAction, string>? about = null)
    {
        var admitted = HandlerDelegate.Create(handler);
        return context => Gate(context).Act(context, what, about, admitted);
    }

    /// <summary>Changes something that is the person's own, such as the session: needs neither role nor reason.</summary>
    public static RequestDelegate OwnForm(Delegate handler)
    {
        var admitted = HandlerDelegate.Create(handler);
        return context => Gate(context).TakeOwnForm(context, admitted);
    }

    private static OperatorGate Gate(HttpContext context) => context.RequestServices.GetRequiredService<OperatorGate>();
}
