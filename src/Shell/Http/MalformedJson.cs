using System.Text.Json;

namespace Marketplace.Shell.Http;

/// <summary>Says where a body is wrong without repeating any of it: bodies carry tokens.</summary>
internal static class MalformedJson
{
    public static string Describe(JsonException fault) => fault switch
    {
        // The reader's own fault is wrapped when the text is no JSON at all; a value that does not fit is not.
        { InnerException: JsonException } or { Path: null } =>
            $"The body is not valid JSON (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}).",
        { Path: "$" } => "The body lacks a required property, or is not an object.",
        _ => $"The body has a value that is missing or of the wrong type at {fault.Path}.",
    };
}
