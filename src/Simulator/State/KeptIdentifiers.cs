namespace Marketplace.Simulator.State;

/// <summary>The ids between two runs: they go on where they ended, by the seed that they began with.</summary>
internal static class KeptIdentifiers
{
    public static VercelState Resume(VercelState kept, SimulatorOptions options)
    {
        // Whatever was kept has a clock.
        if (kept.Clock is null)
        {
            return kept with { Identifiers = Identifiers.From(options.Seed) };
        }

        return options.Seed is null || options.Seed == kept.Identifiers.Seed
            ? kept
            : throw new InvalidDataException(
                $"The state file {options.StateFile} was begun with {(kept.Identifiers.Seed is { } seed ? $"the seed {seed}" : "no seed")}, and its ids "
                + $"cannot go on by the seed {options.Seed}. Leave the seed out, or take another file.");
    }
}
