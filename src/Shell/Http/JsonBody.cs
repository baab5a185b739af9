namespace Marketplace.Shell.Http;

/// <summary>A request's JSON body, parsed, beside the bytes that it came in. A handler takes it as a parameter.</summary>
public sealed record JsonBody<T>(T Value, RawBody Raw)
{
    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context)
    {
        var raw = await RawBody.Read(context.Request, context.RequestAborted);
        return new JsonBody<T>(raw.Parse<T>(), raw);
    }

    public override string ToString() => $"{typeof(T).Name} in {Raw}";
}

/// <summary>The same where the contract lets the body be absent.</summary>
public sealed record OptionalJsonBody<T>(T? Value, RawBody Raw)
    where T : class
{
    public static async ValueTask<OptionalJsonBody<T>?> BindAsync(HttpContext context)
    {
        var raw = await RawBody.Read(context.Request, context.RequestAborted);
        return new OptionalJsonBody<T>(raw.IsEmpty ? null : raw.Parse<T>(), raw);
    }

    public override string ToString() => $"{typeof(T).Name} in {Raw}";
}
