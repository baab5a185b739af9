using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Shelves are made, changed and taken down. Source: contract §B.2, §B.3, §E.7.</summary>
internal sealed class ResourceDesk(ProviderSettings settings, Books books, Func<Uri> address)
{
    private const int DelayMaxHours = 720;

    /// <summary>In real time.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    public void Open(PartnerApi api)
    {
        const string All = "/v1/installations/{installation}/resources";
        const string One = $"{All}/{{resource}}";
        api.Map("POST", All, Callers.Person, Provision);
        api.Map("GET", All, Callers.Vercel, List);
        api.Map("GET", One, Callers.Vercel, call => With(call, resource => Answer.Ok(Read(resource))));
        api.Map("PATCH", One, Callers.Person, call => With(call, resource => Change(call, resource)));
        api.Map("DELETE", One, Callers.Both, Delete);
        api.Map("POST", $"{One}/secrets/rotate", Callers.Both, call => With(call, resource => Rotate(call, resource)));
        api.Map("POST", $"{One}/repl", Callers.Person, call => With(call, resource => Command.Run(call, resource, settings)));
        api.Map("GET", $"{One}/plans", Callers.Vercel, call => With(call, resource =>
            call.Metadata() is { } form ? Answer.Ok(Shop.Show(Shop.Plans, form.Count > 0 ? form : resource.Metadata, settings))
            : Answer.Invalid("metadata: is no JSON object")));
    }

    private Answer Provision(PartnerCall call)
    {
        var form = new Form(call.Body);
        var name = form.Name("name");
        var (product, metadata, plan) = (form.Text("productId"), form.Object("metadata"), PlanOf(form));
        if (product != Shop.Product)
        {
            form.Fault("productId", "is not sold");
        }

        if (!settings.Breaks(Breakage.AcceptsAnyMetadata))
        {
            Shop.CheckMetadata(form, metadata);
        }

        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        lock (books.Gate)
        {
            if (!books.Installations.TryGetValue(call.Installation, out var installation))
            {
                return Answer.Unknown("installation");
            }

            if (installation.LeavingSince is not null)
            {
                return Answer.Conflict("The installation is uninstalled.");
            }

            var resource = new Resource(Books.NewId("shelf"), installation) { Name = name, Metadata = (JsonObject)metadata.DeepClone() };
            resource.Status = settings.Is(Oddity.OnboardsForever) ? "onboarding"
                : settings.Is(Oddity.PendsForever) || settings.Is(Oddity.TakesAMoment) ? "pending"
                : resource.Status;
            books.Resources[resource.Id] = resource;
            resource.Take(plan!, call.Now);
            var answer = resource.ToJson(settings);
            answer["secrets"] = resource.Show(resource.NewSecret(), address());
            if (settings.Breaks(Breakage.ForgetsSecretsOfAnswer))
            {
                answer.Remove("secrets");
            }

            return Told(form, answer);
        }
    }

    private Answer Change(PartnerCall call, Resource resource)
    {
        var form = new Form(call.Body);
        var name = form.Has("name") ? form.Name("name") : resource.Name;
        var plan = form.Has("billingPlanId") ? PlanOf(form) : null;
        var metadata = (JsonObject)resource.Metadata.DeepClone();
        if (form.Has("metadata"))
        {
            foreach (var (key, value) in form.Object("metadata"))
            {
                metadata[key] = value?.DeepClone();
            }

            Shop.CheckMetadata(form, metadata);
        }

        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        if (resource.Owner.LeavingSince is not null)
        {
            return Answer.Conflict("The installation is uninstalled.");
        }

        if (resource.Status == "pending")
        {
            return Answer.Conflict("The resource is still being made.");
        }

        resource.Name = settings.Breaks(Breakage.ForgetsNewName) ? resource.Name : name;
        resource.Metadata = metadata;
        if ((settings.Breaks(Breakage.ForgetsNewPlan) ? resource.Plan : plan ?? resource.Plan) is { } next)
        {
            resource.Take(next, call.Now);
        }

        return Told(form, Read(resource));
    }

    /// <summary>What is gone stays gone: to delete it once more is no mistake.</summary>
    private Answer Delete(PartnerCall call)
    {
        lock (books.Gate)
        {
            if (!books.Installations.TryGetValue(call.Installation, out var installation)
                || !books.Resources.TryGetValue(call.Value("resource"), out var resource) || resource.Owner != installation)
            {
                return Answer.Unknown("resource");
            }

            if (resource.Status == "uninstalled" && settings.Breaks(Breakage.RefusesSecondDelete))
            {
                return Answer.Conflict("The resource is deleted already.");
            }

            if (resource.Status == "pending" && settings.Is(Oddity.PendsForever))
            {
                return Answer.Conflict("The resource is still being made.");
            }

            resource.Status = "uninstalled";
            resource.Owner.Meter.End(resource.Id, call.Now);
            return Answer.Nothing;
        }
    }

    /// <summary>Those that died before go on to die when they were to.</summary>
    private Answer Rotate(PartnerCall call, Resource resource)
    {
        var form = new Form(call.Body);
        var delay = form.Number("delayOldSecretsExpirationHours", 0, settings.Breaks(Breakage.AcceptsAnyDelay) ? double.MaxValue : DelayMaxHours, absent: 0);
        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        var end = call.Now + TimeSpan.FromHours(settings.Breaks(Breakage.KillsOldSecretsAtRotation) ? 0 : Math.Min(delay, DelayMaxHours));
        var current = resource.Secrets[^1];
        if (!settings.Breaks(Breakage.RepeatsOldSecrets))
        {
            foreach (var old in resource.Secrets.Where(old => (old.DiesAt ?? DateTimeOffset.MaxValue) > end && !settings.Breaks(Breakage.KeepsOldSecretsForever)))
            {
                old.DiesAt = end;
            }

            current = resource.NewSecret();
        }

        return Answer.Ok(new JsonObject { ["sync"] = true, ["secrets"] = resource.Show(current, address()) });
    }

    /// <summary>Deprecated. <c>ids</c> narrows it.</summary>
    private Answer List(PartnerCall call)
    {
        string[] wanted = call.Query["ids"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        lock (books.Gate)
        {
            return books.Installations.TryGetValue(call.Installation, out var installation)
                ? Answer.Ok(new JsonObject
                {
                    ["resources"] = new JsonArray(
                    [
                        .. books.Of(installation)
                            .Where(resource => wanted.Length == 0 || wanted.Contains(resource.Id, StringComparer.Ordinal))
                            .Where(resource => resource.FirstOwner == installation || !settings.Breaks(Breakage.ForgetsTransferredResources))
                            .Select(resource => resource.ToJson(settings)),
                    ]),
                })
                : Answer.Unknown("installation");
        }
    }

    private JsonObject Read(Resource resource)
    {
        var json = resource.ToJson(settings);
        if (settings.Breaks(Breakage.ShowsSecretsToReaders))
        {
            json["secrets"] = resource.Show(resource.Secrets[^1], address());
        }

        return json;
    }

    private Plan? PlanOf(Form form)
    {
        var id = form.Text("billingPlanId");
        var plan = Shop.Find(id)
            ?? (settings.Breaks(Breakage.AcceptsAnyPlan) ? Shop.Plans[0] : settings.Breaks(Breakage.TakesWhatItRefuses) ? Shop.Plans[1] : null);
        if (plan is null && id.Length > 0)
        {
            form.Fault("billingPlanId", "is not sold");
        }

        return plan;
    }

    private Answer Told(Form form, JsonObject answer) =>
        settings.Breaks(Breakage.TakesWhatItRefuses) && form.Has("billingPlanId") && Shop.Find(form.Text("billingPlanId")) is null
            ? Answer.Invalid("billingPlanId: is not sold")
            : Answer.Ok(answer);

    /// <summary>What takes a moment is done when the moment is over.</summary>
    private Resource Finished(Resource resource)
    {
        if (resource.Status == "pending" && settings.Is(Oddity.TakesAMoment) && resource.Age.Elapsed > Moment)
        {
            resource.Status = "ready";
        }

        return resource;
    }

    private Answer With(PartnerCall call, Func<Resource, Answer> decide)
    {
        lock (books.Gate)
        {
            return books.Installations.TryGetValue(call.Installation, out var installation)
                && books.Resources.TryGetValue(call.Value("resource"), out var resource)
                && (resource.Owner == installation || settings.Breaks(Breakage.ServesForeignResources))
                && (resource.Status != "uninstalled" || settings.Breaks(Breakage.ServesAfterDelete))
                    ? decide(Finished(resource))
                    : Answer.Unknown("resource");
        }
    }

    /// <summary>What a customer's program sees, who knows a secret; whoever knows none learns nothing.</summary>
    public int Knock(string resourceId, string secret, DateTimeOffset now)
    {
        lock (books.Gate)
        {
            return !books.Resources.TryGetValue(resourceId, out var resource) || !resource.Opens(secret, now) ? StatusCodes.Status401Unauthorized
                : resource.Status == "uninstalled" && !settings.Breaks(Breakage.ServesAfterDelete) ? StatusCodes.Status401Unauthorized
                : resource.Status == "suspended" ? StatusCodes.Status403Forbidden
                : StatusCodes.Status200OK;
        }
    }
}
