using System.Text.Json;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Api;

/// <summary>An authorized call of Vercel's API whose body fits its schema.</summary>
/// <param name="Bearer">Absent where no bearer token is asked for.</param>
internal sealed record VercelRequest(
    VercelState State, Bearer? Bearer, JsonElement Body, HttpRequest Http, SimulatorOptions Options, TokenIssuer Issuer, DateTimeOffset Now)
{
    /// <summary>What is made wrong with the call, where it is not the call as a whole.</summary>
    public Disturbance? Disturbance { get; init; }

    /// <summary>Whose token it is.</summary>
    public Installation Installation => Bearer!.Installation;

    /// <summary>A new id of the kind, for something of the subject, and the request whose state knows that it is given.</summary>
    public (VercelRequest Next, Identity Identity) Identify(string kind, params string[] subject)
    {
        var (state, identity) = State.Identify(kind, subject);
        return (this with { State = state }, identity);
    }

    public string RouteText(string name) => (string)Http.RouteValues[name]!;

    /// <summary>The resource in the path; none when Vercel does not know it.</summary>
    public Resource? Resource => Installation.Find(RouteText("resourceId"));

    public VercelDecision Answer(ApiAnswer answer) => new(State, answer);

    public VercelDecision Keep(Installation installation, ApiAnswer answer) => new(State.With(installation), answer);

    public VercelDecision UnknownResource() =>
        Answer(ApiAnswer.NotFound($"The installation has no resource {RouteText("resourceId")}."));
}

/// <summary>What the call changes, and its answer.</summary>
internal sealed record VercelDecision(VercelState Next, ApiAnswer Answer);

/// <summary>One operation of Vercel's API. A handler decides and calls nobody.</summary>
/// <param name="Path">As in the contract, with <c>{installationId}</c>.</param>
/// <param name="Body">Absent when the operation takes none.</param>
internal sealed record VercelOperation(HttpMethod Method, string Path, Schema? Body, Func<VercelRequest, VercelDecision> Handle)
{
    public Access Access { get; init; } = Access.OwnInstallation;

    /// <summary>What it is about belongs to the team; any of its installations may ask.</summary>
    public VercelOperation OfTeam() => this with { Access = Access.AnyInstallation };

    public static VercelOperation Get(string path, Func<VercelRequest, VercelDecision> handle) =>
        new(HttpMethod.Get, path, Body: null, handle);

    public static VercelOperation Head(string path, Func<VercelRequest, VercelDecision> handle) =>
        new(HttpMethod.Head, path, Body: null, handle);

    public static VercelOperation Post(string path, Schema? body, Func<VercelRequest, VercelDecision> handle) =>
        new(HttpMethod.Post, path, body, handle);

    public static VercelOperation Put(string path, Schema body, Func<VercelRequest, VercelDecision> handle) =>
        new(HttpMethod.Put, path, body, handle);

    public static VercelOperation Patch(string path, Schema body, Func<VercelRequest, VercelDecision> handle) =>
        new(HttpMethod.Patch, path, body, handle);

    public static VercelOperation Delete(string path, Func<VercelRequest, VercelDecision> handle) =>
        new(HttpMethod.Delete, path, Body: null, handle);
}
