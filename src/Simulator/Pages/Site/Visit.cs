using System.Collections.Immutable;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>What somebody opens, or sends by a form.</summary>
internal sealed record Visit(HttpContext Http, IFormCollection Form)
{
    public CancellationToken Cancel => Http.RequestAborted;

    public string Route(string name) => (string)Http.Request.RouteValues[name]!;

    /// <summary>None when it is absent or empty.</summary>
    public string? Query(string name) => Http.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>A field of the form, without the space around it; none when it is absent or empty, as browsers send what nobody filled in.</summary>
    public string? Field(string name) => Form[name].ToString().Trim() is { Length: > 0 } value ? value : null;

    public string Required(string name) => Field(name) ?? throw new ArgumentException($"{name}: is missing", nameof(name));

    /// <summary>Every value of a field that may be there more than once.</summary>
    public ImmutableList<string> Fields(string name) => [.. Form[name].OfType<string>().Where(value => value.Length > 0)];

    /// <summary>The same of the form or, where a page is only shown with what is filled in so far, of the query.</summary>
    public ImmutableList<string> Values(string name) =>
        HttpMethods.IsPost(Http.Request.Method) ? Fields(name) : [.. Http.Request.Query[name].OfType<string>().Where(value => value.Length > 0)];

    public bool IsOn(string name) => Form.ContainsKey(name);

    public override string ToString() => $"{Http.Request.Method} {Http.Request.Path}";
}
