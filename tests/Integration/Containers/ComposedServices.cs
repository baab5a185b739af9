using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Marketplace.Integration.Postgres;
using Npgsql;

namespace Marketplace.Integration.Containers;

/// <summary>
/// The services of docker-compose.yml as processes on this machine: with the commands, variables, secrets and files that stand there and in
/// the Dockerfile. Only what Docker would translate is translated: names and ports, paths, and the database, which is the tests' own.
/// </summary>
internal sealed partial class ComposedServices : IAsyncDisposable
{
    private const string SecretFolder = "/run/secrets";

    private readonly ComposeFile compose;
    private readonly ImageFile image;
    private readonly TestDatabase database;
    private readonly string folder = Directory.CreateTempSubdirectory("compose-").FullName;
    private readonly Dictionary<string, string> programs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Service, string Port), int> ports = [];
    private readonly Dictionary<string, Container> running = new(StringComparer.Ordinal);

    private ComposedServices(ComposeFile compose, ImageFile image, TestDatabase database) => (this.compose, this.image, this.database) = (compose, image, database);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public IReadOnlyDictionary<string, ComposeService> Services => compose.Services;

    public IEnumerable<string> SecretValues => Directory.EnumerateFiles(Path.Combine(folder, "secrets")).Select(file => File.ReadAllText(file).Trim());

    public string OutputOf(string service) => running[service].Output;

    /// <summary>With the image's programs, published as the Dockerfile has them published.</summary>
    public static async Task<ComposedServices> Prepare(string environmentFile)
    {
        var variables = ComposeFile.Variables(Repository.File(environmentFile));
        variables["SECRETS_DIRECTORY"] = "secrets";
        var composed = new ComposedServices(
            ComposeFile.Read(Repository.File("docker-compose.yml"), variables), ImageFile.Read(Repository.File("Dockerfile")), await TestDatabase.Create(Cancel));
        await composed.MakeSecrets();
        await Task.WhenAll(composed.image.Stages.SelectMany(stage => stage.Run).Where(words => words.StartsWith("dotnet publish", StringComparison.Ordinal)).Select(composed.Publish));
        composed.ChoosePorts();
        foreach (var service in composed.Services.Values)
            composed.SecretsOf(service);
        Open(composed.folder);
        return composed;
    }

    /// <summary>Where a service is reached by whoever sits at the machine.</summary>
    public Uri Address(string service) => new($"http://127.0.0.1:{ports.Single(port => port.Key.Service == service).Value}");

    /// <summary>The process of a service, which goes on until it is stopped.</summary>
    public void Start(string name) => running[name] = Container.Start(Words(name), Environment(name), Folder(name));

    /// <summary>The exit code of a service that is there to end.</summary>
    public Task<int> Ended(string name) => running[name].Ended(TimeSpan.FromMinutes(1), Cancel);

    /// <summary>Asks as Docker would, until the service is well.</summary>
    public async Task Healthy(string name)
    {
        var (service, since) = (Services[name], Stopwatch.StartNew());
        // What stands in the image is what the compose file says again.
        Assert.Equal(Stage(service).Health, service.Health);
        while (true)
        {
            await using var check = Container.Start(Translated(service, service.Health), Environment(name), Folder(name));
            if (await check.Ended(TimeSpan.FromSeconds(30), Cancel) == 0)
                return;
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(1), $"{name} does not become well: {check.Output}{OutputOf(name)}");
            await Task.Delay(100, Cancel);
        }
    }

    /// <summary>As <c>docker compose stop</c>: whoever does not end in time would be killed.</summary>
    public async Task Stop(string name)
    {
        running[name].Stop();
        Assert.Equal(0, await running[name].Ended(Services[name].StopGracePeriod, Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var container in running.Values)
            await container.DisposeAsync();
        await database.DisposeAsync();
        foreach (var closed in Directory.EnumerateDirectories(folder).Append(folder))
            Reopen(closed);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>For another user than the one who makes it; he may look into it, and change nothing.</summary>
    private static void Open(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>For its owner, who takes it away.</summary>
    private static void Reopen(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task MakeSecrets()
    {
        var secrets = Path.Combine(folder, "secrets");
        var start = new ProcessStartInfo(Repository.File("scripts/new-secrets"), [secrets]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment.Remove("VERCEL_CLIENT_SECRET");
        using var made = Process.Start(start)!;
        made.StandardInput.Close();
        await made.WaitForExitAsync(Cancel);
        Assert.Equal(0, made.ExitCode);
        Assert.Equal(compose.Secrets.Values.Select(Path.GetFileName).Order(), Directory.EnumerateFiles(secrets).Select(Path.GetFileName).Order());
        // The database is there already.
        await File.WriteAllTextAsync(
            Path.Combine(secrets, Path.GetFileName(compose.Secrets[Services["migrate"].Secrets.Values.Single()])),
            new NpgsqlConnectionStringBuilder(database.ConnectionString).Password, Cancel);
    }

    /// <summary>The Dockerfile's words, for the job host and the build that the tests have.</summary>
    private async Task Publish(string words)
    {
        var host = typeof(Shell.Program).Assembly.GetReferencedAssemblies().Any(assembly => assembly.Name == "Quartz") ? "Quartz" : "Hangfire";
        string[] said = image.Fill(words, new Dictionary<string, string>(StringComparer.Ordinal) { ["JOB_HOST"] = host }).Split(' ');
        var at = Array.IndexOf(said, "-o") + 1;
        var to = Path.Combine(folder, Path.GetFileName(said[at]));
        programs[said[at]] = to;
        said[at] = to;
        said[Array.IndexOf(said, "-c") + 1] = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo(said[0], [.. said[1..], "--no-build", "-nodereuse:false"])
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true, UseShellExecute = false,
        };
        using var publishing = Process.Start(start)!;
        var output = await publishing.StandardOutput.ReadToEndAsync(Cancel);
        await publishing.WaitForExitAsync(Cancel);
        Assert.True(publishing.ExitCode == 0, output);
        Open(to);
    }

    /// <summary>For every place where anybody listens or goes, one of this machine.</summary>
    private void ChoosePorts()
    {
        foreach (var service in Services.Values)
        {
            foreach (var port in service.Ports.Values.Concat(service.Target is null ? [] : Listens().Matches(string.Join(' ', Stage(service).Environment.Values)).Select(match => match.Groups["port"].Value)).Distinct())
                ports[(service.Name, port)] = FreePort();
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private ImageFile.Stage Stage(ComposeService service) => image.Named(service.Target!);

    /// <summary>Where the image has its program.</summary>
    private string Folder(string name) => programs[Stage(Services[name]).Copied.Single(words => words[^1] == ".")[^2]];

    private List<string> Words(string name) => Translated(Services[name], [.. Stage(Services[name]).Entrypoint, .. Services[name].Command]);

    private List<string> Translated(ComposeService service, IEnumerable<string> words)
    {
        var translated = words.Select(word => Translated(service, word)).ToList();
        if (translated.IndexOf("--port") is >= 0 and var at)
            translated[at + 1] = $"{ports[(service.Name, translated[at + 1])]}";
        if (translated.IndexOf("--listen") is >= 0 and var listen)
            translated[listen + 1] = "127.0.0.1";
        return translated;
    }

    private Dictionary<string, string> Environment(string name)
    {
        var service = Services[name];
        var environment = new Dictionary<string, string>(Stage(service).Environment, StringComparer.Ordinal);
        foreach (var (key, value) in service.Environment)
            environment[key] = value;
        return environment.ToDictionary(
            pair => pair.Key,
            pair => pair.Key.StartsWith("ConnectionStrings__", StringComparison.Ordinal) ? TestsOwn(pair.Value) : Translated(service, pair.Value),
            StringComparer.Ordinal);
    }

    /// <summary>The database that the compose file's own would be; whoever asks for another one than that makes is refused.</summary>
    private string TestsOwn(string connectionString)
    {
        var (said, has) = (new NpgsqlConnectionStringBuilder(connectionString), new NpgsqlConnectionStringBuilder(database.ConnectionString));
        // What deploy/postgres-init.sh makes, for which PostgresInitTests stand.
        Assert.Contains("/docker-entrypoint-initdb.d/marketplace.sh", Services[said.Host!].Files.Keys);
        Assert.Equal(("marketplace", "marketplace", null), (said.Database, said.Username, said.Password));
        Assert.NotEqual(said.Username, Services[said.Host!].Environment["POSTGRES_USER"]);
        return new NpgsqlConnectionStringBuilder { Host = has.Host, Port = has.Port, Database = has.Database, Username = has.Username }.ConnectionString;
    }

    private string Translated(ComposeService service, string text)
    {
        foreach (var (inside, outside) in service.Files)
            text = text.Replace(inside, Path.GetFullPath(outside, Repository.Root), StringComparison.Ordinal);
        text = text.Replace(SecretFolder, SecretsOf(service), StringComparison.Ordinal);
        return Place().Replace(text, match =>
        {
            var (host, port) = (match.Groups["host"].Value, match.Groups["port"].Value);
            var (of, inside) = host switch
            {
                "+" or "0.0.0.0" => (service.Name, port),
                "localhost" => Services.Values.SelectMany(one => one.Ports.Where(own => own.Key == port).Select(own => (one.Name, own.Value))).Single(),
                _ => (host, port),
            };
            return $"//127.0.0.1:{ports[(of, inside)]}";
        });
    }

    /// <summary>What is mounted there: the files that the service names, by the names that it gives them.</summary>
    private string SecretsOf(ComposeService service)
    {
        var mounted = Path.Combine(folder, $"secrets-of-{service.Name}");
        if (!Directory.Exists(mounted))
        {
            Directory.CreateDirectory(mounted);
            foreach (var (name, secret) in service.Secrets)
                File.Copy(Path.Combine(folder, "secrets", Path.GetFileName(compose.Secrets[secret])), Path.Combine(mounted, name));
            Open(mounted);
        }

        return mounted;
    }

    [GeneratedRegex(@"//(?<host>[a-z][a-z0-9-]*|\+|0\.0\.0\.0):(?<port>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Place();

    [GeneratedRegex(@"//\+:(?<port>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listens();
}
