using System.CommandLine;
using System.Text.Json;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Experiments;

/// <summary>What a person at the machine does with flags.</summary>
internal delegate Task<FlagAnswer> FlagOrder(FlagStore store, CancellationToken cancel);

/// <summary>Flags from the command line: the same as the Provider API.</summary>
internal static class FlagCommands
{
    private const string NothingDone = "there is no such installation, resource or flag, or the flag cannot be so";

    private static readonly Actor Operator = Actor.Operator("flags");

    public static Command Command(CommandHost host)
    {
        return new Command("flags", "Lists and changes the flags of a resource, and has Vercel told of them.")
        {
            List(), Set(), OfOne("archive", "Takes a flag out of use; it stays on record.", (store, at, flag, cancel) =>
                store.Archive(at.Installation, at.Resource, flag, Operator, cancel)),
            OfOne("delete", "Deletes a flag.", (store, at, flag, cancel) => store.Delete(at.Installation, at.Resource, flag, Operator, cancel)),
            Sync(),
        };

        OperatorCommand List()
        {
            var (command, place) = Placed("list", "Lists the flags of a resource.");
            var json = CommandParts.Json();
            command.Options.Add(json);
            command.SetAction(host.OnServer((app, parsed, cancel) => Run(
                app, (store, token) => store.List(place(parsed).Installation, place(parsed).Resource, token), parsed.GetValue(json), cancel)));
            return command.Examples("flags list icfg_… res_…", "flags list icfg_… res_… --json").Ends("the list, which may be empty", NothingDone);
        }

        OperatorCommand Sync()
        {
            var (command, place) = Placed("sync", "Has Vercel told all flags of a resource once more.");
            command.SetAction(host.OnServer((app, parsed, cancel) => Run(
                app, (store, token) => store.Sync(place(parsed).Installation, place(parsed).Resource, Operator, token), asJson: false, cancel)));
            return command.Examples("flags sync icfg_… res_…").Ends("Vercel is told", NothingDone);
        }

        OperatorCommand OfOne(
            string name, string description, Func<FlagStore, (InstallationId Installation, ResourceId Resource), FlagId, CancellationToken, Task<FlagAnswer>> ask)
        {
            var (command, place) = Placed(name, description);
            var flag = new Argument<string>("flag") { Description = "Our name for it, as the list shows it." };
            command.Arguments.Add(flag);
            command.SetAction(host.OnServer((app, parsed, cancel) => Run(
                app, (store, token) => ask(store, place(parsed), new FlagId(parsed.GetValue(flag)!), token), asJson: false, cancel)));
            return command.Examples($"flags {name} icfg_… res_… new-checkout").Ends("it is done, and Vercel is told", NothingDone);
        }

        OperatorCommand Set()
        {
            var (command, place) = Placed("set", "Sets a flag: it is then exactly as it is given here.");
            var flag = new Argument<string>("flag") { Description = "Our name for it: letters, digits, hyphens, underscores." };
            var value = new Option<string>("--value") { Description = "What deployments get, as JSON: true, 12, \"text\", [\"a\"].", Required = true };
            var slug = new Option<string?>("--slug") { Description = "By which code asks for it; its name unless told otherwise." };
            var origin = new Option<string?>("--origin") { Description = "Where it is changed; as the catalogue says unless told otherwise." };
            var category = new Option<string?>("--category") { Description = "What it is: flag or experiment." };
            var name = new Option<string?>("--name") { Description = "What people call it." };
            var description = new Option<string?>("--description") { Description = "What it is for." };
            command.Arguments.Add(flag);
            foreach (var option in new Option[] { value, slug, origin, category, name, description })
                command.Options.Add(option);
            command.SetAction(host.OnServer((app, parsed, cancel) => Run(
                app,
                (store, token) => store.Set(
                    place(parsed).Installation, place(parsed).Resource,
                    new SetFlagRequest(
                        parsed.GetValue(flag)!, Given(parsed.GetValue(slug)), Given(parsed.GetValue(origin)), Given(parsed.GetValue(category)),
                        Given(parsed.GetValue(name)), Given(parsed.GetValue(description)), IsArchived: false, Value(parsed.GetValue(value)!)),
                    Operator, token),
                asJson: true, cancel)));
            return command
                .Examples(
                    "flags set icfg_… res_… new-checkout --value true --name \"New checkout\"",
                    "flags set icfg_… res_… colors --value '[\"red\", \"blue\"]' --category experiment")
                .Ends("it is set, and printed as JSON", NothingDone);
        }
    }

    /// <param name="app">Whose database is used; it is not started.</param>
    private static async Task<int> Run(WebApplication app, FlagOrder order, bool asJson, CancellationToken cancel)
    {
        switch (await order(app.Services.GetRequiredService<FlagStore>(), cancel))
        {
            case FlagAnswer.Found found when asJson:
                return await CommandParts.SayJson(FlagsWire.Of(found));
            case FlagAnswer.Found found:
                foreach (var flag in FlagsWire.Of(found).Flags)
                    await Console.Out.WriteLineAsync(Line(flag));
                if (found.Flags.IsEmpty)
                    await Console.Out.WriteLineAsync("There is none.");
                return 0;
            case FlagAnswer.IsSet set:
                return await CommandParts.SayJson(FlagWire.Of(set.Flag, told: null));
            case FlagAnswer.Deleted deleted:
                await Console.Out.WriteLineAsync($"{deleted.Flag.Id} is deleted, and Vercel is told.");
                return 0;
            case FlagAnswer.Syncing syncing:
                await Console.Out.WriteLineAsync($"Vercel is told of {syncing.Flags} flags once more.");
                return 0;
            case var refused:
                await Console.Error.WriteLineAsync(FlagProblem.Sentence(refused));
                return CommandParts.NothingDone;
        }
    }

    private static string Line(FlagWire flag) =>
        $"{flag.Id}  {flag.Category}  {flag.Slug}  {flag.Value.GetRawText()}{(flag.IsArchived ? "  archived" : "")}  "
        + (flag.IsAtVercel == true ? "Vercel has it" : "Vercel is still to hear of it");

    private static (OperatorCommand Command, Func<ParseResult, (InstallationId Installation, ResourceId Resource)> Place) Placed(string name, string description)
    {
        var installation = CommandParts.Installation();
        var resource = new Argument<string>("resourceId") { Description = "Our name for the resource (res_…)." };
        var command = CommandParts.Of(name, description, installation, resource);
        return (command, parsed => (new InstallationId(parsed.GetValue(installation)!), new ResourceId(parsed.GetValue(resource)!)));
    }

    private static LanguageExt.Option<string> Given(string? text) => LanguageExt.Prelude.Optional(text)!;

    /// <summary>None where it is no JSON, which the refusal then names.</summary>
    private static LanguageExt.Option<MetadataValue> Value(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return MetadataJson.ReadOne(document.RootElement);
        }
        catch (JsonException)
        {
            return LanguageExt.Option<MetadataValue>.None;
        }
    }
}
