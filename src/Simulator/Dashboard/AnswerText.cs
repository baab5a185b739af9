using System.Text;

namespace Marketplace.Simulator.Dashboard;

/// <summary>The body of an answer of the provider's, which may be said to be of any kind.</summary>
internal static class AnswerText
{
    /// <summary>
    /// By the charset that the answer names. One that nobody knows, such as <c>utf8</c>, counts for nothing, as it does with Vercel:
    /// JSON is UTF-8.
    /// </summary>
    /// <param name="remark">What is odd about it, though it can be read.</param>
    public static string Read(byte[] body, string? charset, out string? remark)
    {
        remark = null;
        var encoding = Encoding.UTF8;
        try
        {
            encoding = charset is null ? encoding : Encoding.GetEncoding(charset.Trim('"'));
        }
        catch (ArgumentException)
        {
            remark = $"the answer names the charset {charset}, which there is not; utf-8 is spelled so";
        }

        using var reader = new StreamReader(new MemoryStream(body, writable: false), encoding);
        return reader.ReadToEnd();
    }

    public static async Task<(string Text, string? Remark)> Read(HttpResponseMessage answer, CancellationToken cancel)
    {
        var text = Read(await answer.Content.ReadAsByteArrayAsync(cancel), answer.Content.Headers.ContentType?.CharSet, out var remark);
        return (text, remark);
    }
}
