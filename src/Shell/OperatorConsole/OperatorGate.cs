using Marketplace.Shell.Configuration;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Audit;
using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Shell.SignOn;
using Microsoft.AspNetCore.Http.Extensions;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>
/// Lets a request pass to its page, or answers with one that says what is missing. An action must come from a form of the same session, from
/// somebody who may, with a reason; and it is in the audit before it begins.
/// </summary>
internal sealed partial class OperatorGate(
    OperatorSettings settings, OperatorSessions sessions, OperatorCookies cookies, OperatorBrand brand, OperatorMessages messages,
    OperatorLog log, ILogger<OperatorGate> logger)
{
    public async Task Show(HttpContext context, RequestDelegate admitted)
    {
        if (!settings.IsAnybody)
        {
            await messages.NotConfigured().ExecuteAsync(context);
        }
        else if (await Enter(context, isPage: true) is null)
        {
            await new SeeOther(OperatorPaths.SignInTo(context.Request.GetEncodedPathAndQuery())).ExecuteAsync(context);
        }
        else
        {
            await admitted(context);
        }
    }

    public async Task TakeOwnForm(HttpContext context, RequestDelegate admitted)
    {
        var refused = await Enter(context, isPage: false) is not { } person ? messages.SignInFirst()
            : await OwnForms.Read(context.Request, person.Secret) is null ? Foreign(context, person)
            : null;
        await (refused is null ? admitted(context) : refused.ExecuteAsync(context));
    }

    /// <param name="about">What else than the address says what it is done to.</param>
    public async Task Act(HttpContext context, string what, Func<OperatorAction, string>? about, RequestDelegate admitted)
    {
        if (await Enter(context, isPage: false) is not { } person)
        {
            await messages.SignInFirst().ExecuteAsync(context);
            return;
        }

        if (await OwnForms.Read(context.Request, person.Secret) is not { } form)
        {
            await Foreign(context, person).ExecuteAsync(context);
            return;
        }

        var reason = form[OperatorAction.ReasonField] is [var given] ? given : null;
        if (!person.MayAct)
        {
            await log.Refused(context, person.Person, what, "The role viewer changes nothing.");
            await messages.OperatorsOnly(person.Frame).ExecuteAsync(context);
        }
        else if (OperatorAction.Problem(reason) is { } problem)
        {
            await messages.NoReason(person.Frame, problem).ExecuteAsync(context);
        }
        else
        {
            var action = new OperatorAction(person, what, reason!.Trim(), form);
            await Audited(context, about is null ? action : action with { About = about(action) }, admitted);
        }
    }

    /// <summary>What was begun and has no end in the audit was cut off: nobody knows what came of it.</summary>
    private async Task Audited(HttpContext context, OperatorAction action, RequestDelegate admitted)
    {
        var number = await log.Begin(context, action);
        context.Features.Set(action);
        try
        {
            await admitted(context);
        }
        catch (Exception fault)
        {
            await log.Fail(context, number, fault);
            throw;
        }

        var answer = context.Features.Get<OperatorAnswer>();
        var isDone = answer is null ? context.Response.StatusCode < StatusCodes.Status400BadRequest : answer.Tone != Tone.Bad;
        await log.End(number, isDone ? ActionOutcome.Done : ActionOutcome.Refused, answer?.Text ?? "");
    }

    /// <summary>Null when nobody is signed in.</summary>
    /// <param name="isPage">What the last action came to is told on a page, not on the way to the next action.</param>
    private async Task<Operator?> Enter(HttpContext context, bool isPage)
    {
        if (await sessions.Find(context) is not { } person)
            return null;

        person = person with
        {
            Frame = new OperatorFrame(
                brand, new SignedInOperator(person.Name, person.MayAct, person.Secret.FormToken),
                isPage ? OperatorAnswer.Read(cookies.TakeTold(context), person.Secret) : null),
        };
        context.Features.Set(person);
        return person;
    }

    private PageResult Foreign(HttpContext context, Operator person)
    {
        LogForeignForm(context.Request.Path, person.Session);
        return messages.FormOver(person.Frame);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A form for {Path} does not come from a page of the {Session}")]
    private partial void LogForeignForm(string path, OperatorSession session);
}
