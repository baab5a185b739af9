using System.Globalization;
using System.Net;

namespace Marketplace.Integration.Idempotency;

/// <summary>
/// Whatever is called in whatever order, however often and how many at a time: a key has one request, one effect and one answer.
/// </summary>
public sealed class ReplayLaws(CountingServer server) : IClassFixture<CountingServer>
{
    private static readonly string?[] Keys = ["a", "b", "c", null];
    private static readonly string[] Paths = ["answer/200", "answer/204", "answer/409", "answer/403", "answer/503"];
    private static readonly string[] Bodies = ["one", "other"];

    [Fact]
    public async Task In_any_history_a_key_has_one_effect_and_one_answer()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("MARKETPLACE_LAW_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        for (var history = 0; history < 12; history++)
            await Holds(new Random(seed + history), $"MARKETPLACE_LAW_SEED={seed}, history {history}");
    }

    private async Task Holds(Random random, string told)
    {
        var installation = Acme.NewInstallationId();
        var kept = new Dictionary<string, (string Path, string Body, string Answer)>(StringComparer.Ordinal);
        var effects = 0L;
        for (var step = 0; step < 25; step++)
        {
            var (key, path, body) = (Pick(random, Keys), Pick(random, Paths), Pick(random, Bodies));
            var duplicates = random.Next(1, 4);

            var answers = await Task.WhenAll(Enumerable.Range(0, duplicates).Select(_ => server.Call(installation, key, path, body)));

            var texts = answers.Select(answer => $"{(int)answer.Status} {answer.Text}").ToList();
            var isKept = path is not ("answer/403" or "answer/503");
            if (key is null || !(isKept || kept.ContainsKey(key)))
            {
                Assert.True(texts.All(text => text.StartsWith(path[^3..], StringComparison.Ordinal)), $"{told}, step {step}: {texts[0]}");
                effects += isKept ? duplicates : 0;
            }
            else if (!kept.TryGetValue(key, out var first))
            {
                Assert.True(texts.Distinct(StringComparer.Ordinal).Count() == 1, $"{told}, step {step}: duplicates are answered differently");
                kept[key] = (path, body, texts[0]);
                effects++;
            }
            else if ((first.Path, first.Body) == (path, body))
            {
                Assert.True(texts.All(text => text == first.Answer), $"{told}, step {step}: a repetition has another answer");
            }
            else
            {
                Assert.True(
                    answers.All(answer => answer.Status == HttpStatusCode.Conflict && answer.Text.Contains("idempotency_key_reused", StringComparison.Ordinal)),
                    $"{told}, step {step}: a key was taken for two requests: {texts[0]}");
            }

            Assert.True(await server.Events(installation) == effects, $"{told}, step {step}: not every effect is there once");
        }
    }

    private static T Pick<T>(Random random, T[] among) => among[random.Next(among.Length)];
}
