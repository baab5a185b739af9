using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Marketplace.Simulator.Demo;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Secrets;
using Npgsql;

namespace Marketplace.Simulator.Conformance;

/// <summary>Sees whether secrets open what they belong to, in the way that the settings say. No value of a secret is told to anybody else.</summary>
internal static partial class SecretProbing
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>The name of a secret that the probe speaks of and that the resource does not have.</summary>
    public static string? Lacks(SecretProbe probe, ImmutableList<Secret> secrets) => Texts(probe)
        .SelectMany(text => Placeholder().Matches(text))
        .Select(match => match.Groups["name"].Value)
        .FirstOrDefault(name => !secrets.Exists(secret => secret.Name == name));

    /// <summary>Whether somebody with these secrets gets in now. What cannot be reached lets nobody in: a resource may be gone with its address.</summary>
    public static async Task<bool> Opens(SecretProbe probe, ImmutableList<Secret> secrets, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            return probe switch
            {
                SecretProbe.Http http => await Answers(http, secrets, limit.Token),
                SecretProbe.Postgres postgres => await Connects(Fill(postgres.Connection, secrets), limit.Token),
                SecretProbe.Command command => await Ends(command.Line, secrets, limit.Token),
                _ => throw new UnreachableException(probe.GetType().Name),
            };
        }
        catch (Exception unusable) when (unusable is UriFormatException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // What they say may hold a secret.
            throw new InvalidDataException(
                $"The secretProbe of the settings cannot be used: {probe} is no address, connection or program that works here.", unusable);
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or NpgsqlException or TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> Answers(SecretProbe.Http probe, ImmutableList<Secret> secrets, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(probe.Method), Address(probe.Url, secrets));
        if (probe.Body is { } body)
        {
            request.Content = new StringContent(Fill(body, secrets), Encoding.UTF8, "application/json");
        }

        foreach (var (name, text) in probe.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, Fill(text, secrets)) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, Fill(text, secrets));
            }
        }

        using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        return probe.Opens.IsDefaultOrEmpty ? response.IsSuccessStatusCode : probe.Opens.Contains((int)response.StatusCode);
    }

    /// <summary>Without a pool: each question is a new login.</summary>
    private static async Task<bool> Connects(string connection, CancellationToken cancel)
    {
        var text = connection.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) ? CustomerDatabase.ConnectionString(connection) : connection;
        await using var opened = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text) { Pooling = false }.ConnectionString);
        await opened.OpenAsync(cancel);
        await using var command = new NpgsqlCommand("select 1", opened);
        return await command.ExecuteScalarAsync(cancel) is 1;
    }

    /// <summary>The secrets are in its environment only: arguments show in lists of processes.</summary>
    private static async Task<bool> Ends(ImmutableArray<string> line, ImmutableList<Secret> secrets, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(line[0], line.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var secret in secrets)
        {
            start.Environment[secret.Name] = secret.Value;
        }

        using var program = Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} does not start.");
        try
        {
            // What it prints could hold what it was given.
            await Task.WhenAll(
                program.StandardOutput.ReadToEndAsync(cancel), program.StandardError.ReadToEndAsync(cancel), program.WaitForExitAsync(cancel));
            return program.ExitCode == 0;
        }
        finally
        {
            if (!program.HasExited)
            {
                program.Kill(entireProcessTree: true);
            }
        }
    }

    private static IEnumerable<string> Texts(SecretProbe probe) => probe switch
    {
        SecretProbe.Http http => [http.Url, .. http.Headers.Values, http.Body ?? ""],
        SecretProbe.Postgres postgres => [postgres.Connection],
        SecretProbe.Command => [],
        _ => throw new UnreachableException(probe.GetType().Name),
    };

    /// <summary>A secret that an address begins with is an address itself; in the middle of one it is a part of it.</summary>
    private static string Address(string url, ImmutableList<Secret> secrets) => Placeholder().Match(url) is { Success: true, Index: 0 } first
        ? Fill(first.Value, secrets) + Fill(url[first.Length..], secrets, Uri.EscapeDataString)
        : Fill(url, secrets, Uri.EscapeDataString);

    private static string Fill(string text, ImmutableList<Secret> secrets, Func<string, string>? spell = null) => Placeholder().Replace(text, match =>
    {
        var value = secrets.Find(secret => secret.Name == match.Groups["name"].Value)?.Value ?? "";
        return spell is null ? value : spell(value);
    });

    [GeneratedRegex(@"\{\{(?<name>[^{}]+)\}\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
