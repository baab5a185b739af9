using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Customers come, change their plan, and go. Source: contract §B.1, §B.3, §E.5.</summary>
internal sealed class InstallationDesk(ProviderSettings settings, Books books, Bookkeeper bookkeeper)
{
    public void Open(PartnerApi api)
    {
        const string Path = "/v1/installations/{installation}";
        api.Map("PUT", Path, Callers.Person, Upsert);
        api.Map("GET", Path, Callers.Vercel, call => With(call, installation => Answer.Ok(installation.ToJson(settings))));
        api.Map("PATCH", Path, Callers.Person, Change);
        api.Map("DELETE", Path, Callers.Both, Leave);
        api.Map("GET", $"{Path}/plans", Callers.Vercel, call => With(
            call, _ => Answer.Ok(Shop.Show(Shop.Plans.Where(plan => plan.IsForAll), [], settings))));
        api.Map("GET", "/v1/products/{product}/plans", Callers.Vercel, call =>
            call.Value("product") != Shop.Product ? Answer.Unknown("product")
            : call.Metadata() is { } form ? Answer.Ok(Shop.Show(Shop.Plans, form, settings))
            : Answer.Invalid("metadata: is no JSON object"));
    }

    /// <summary>The same installation may come again, with another token: what it has stays.</summary>
    private Answer Upsert(PartnerCall call)
    {
        var form = new Form(call.Body);
        form.Texts("scopes");
        if (!form.Object("acceptedPolicies").ContainsKey("terms") && settings.Is(Oddity.HasItsOwnTerms))
        {
            form.Fault("acceptedPolicies", "lacks our terms");
        }

        form.Text("credentials.token_type");
        form.Text("account.url");
        var token = form.Text("credentials.access_token");
        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        lock (books.Gate)
        {
            var isKnown = books.Installations.TryGetValue(call.Installation, out var installation);
            if (installation?.LeavingSince is not null)
            {
                return Answer.Conflict("The installation is uninstalled; it comes back under another id.");
            }

            if (!isKnown || settings.Breaks(Breakage.LosesDataAtReconsent))
            {
                books.Installations[call.Installation] = installation = new Installation(call.Installation, call.Now);
            }

            if (!isKnown || !settings.Breaks(Breakage.KeepsFirstToken))
            {
                installation!.Token = token;
            }

            return Answer.Ok(installation!.ToJson(settings));
        }
    }

    private Answer Change(PartnerCall call) => With(call, installation =>
    {
        var form = new Form(call.Body);
        if (form.Has("billingPlanId"))
        {
            var planId = form.Text("billingPlanId");
            if (Shop.Find(planId) is not { IsForAll: true } plan)
            {
                return Answer.Invalid("billingPlanId: is no plan for a whole installation");
            }

            if (installation.LeavingSince is not null)
            {
                return Answer.Conflict("The installation is uninstalled.");
            }

            installation.Take(plan, call.Now);
        }

        return Answer.Ok(installation.ToJson(settings));
    });

    /// <summary>The shelves end with the installation. What is left to bill is billed by and by; where nothing is, it is over at once.</summary>
    private Answer Leave(PartnerCall call) => With(call, installation =>
    {
        if (installation.LeavingSince is null)
        {
            installation.LeavingSince = call.Now;
            installation.Meter.EndAll(call.Now);
            foreach (var resource in books.Of(installation).ToList())
            {
                resource.Status = settings.Breaks(Breakage.ServesAfterUninstall) ? resource.Status : "uninstalled";
            }
        }

        var isOver = settings.Breaks(Breakage.FinalizesUnbilled) || !bookkeeper.HasLeft(installation);
        installation.IsGone |= isOver;
        bookkeeper.Wake();
        return settings.Is(Oddity.UninstallsWithNull) ? new Answer(200, "null")
            : settings.Is(Oddity.UninstallsWithText) ? new Answer(200, "\"ok\"")
            : settings.Is(Oddity.UninstallsWithList) ? new Answer(200, "[]")
            : Answer.Ok(new JsonObject { ["finalized"] = isOver });
    });

    private Answer With(PartnerCall call, Func<Installation, Answer> decide)
    {
        lock (books.Gate)
        {
            return books.Installations.TryGetValue(call.Installation, out var installation)
                ? decide(installation)
                : Answer.Unknown("installation");
        }
    }
}
