using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using CityPerception.Cli;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Hosting;

/// <summary>The image is not built here: its recipe is read and held against the product.</summary>
public sealed class DockerfileTests
{
    private static readonly string[] Recipe = File.ReadAllText(RepositoryFolder.Find("src/CityPerception/Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Stages_AreTheSdkAndTheRuntimeOfTheProjects()
    {
        string framework = Regex.Match(File.ReadAllText(RepositoryFolder.Find("Directory.Build.props")), "<TargetFramework>net([0-9.]+)</TargetFramework>").Groups[1].Value;

        Assert.Equal([$"mcr.microsoft.com/dotnet/sdk:{framework} AS build", $"mcr.microsoft.com/dotnet/aspnet:{framework}"], Lines("FROM"));
        Assert.Contains(Lines("RUN"), l => l.StartsWith("dotnet publish src/CityPerception ", StringComparison.Ordinal));
        Assert.True(Directory.Exists(RepositoryFolder.Find("src/CityPerception")));
        Assert.Contains("--from=build /app .", Lines("COPY"));
    }

    [Fact]
    public void User_IsNotRootAndOwnsTheData()
    {
        Assert.Equal("$APP_UID", Assert.Single(Lines("USER")));
        Assert.Contains("mkdir /data && chown $APP_UID /data", Lines("RUN"));
    }

    [Fact]
    public void Entrypoint_IsACommandOfTheProgram()
    {
        string[] words = JsonSerializer.Deserialize<string[]>(Assert.Single(Lines("ENTRYPOINT")))!;

        Assert.Equal("./cityperception", words[0]);
        Assert.Empty(CommandLine.Create().Parse(words[1..]).Errors);
        Assert.Equal(("/app/ingest-configs", "/data"), (After(words, "--config"), After(words, "--data")));
    }

    [Fact]
    public async Task HealthCheck_OfARunningServer_IsWellAndOfAStoppedOneIsNot()
    {
        string check = Assert.Single(Lines("HEALTHCHECK"));
        string[] command = JsonSerializer.Deserialize<string[]>(check[(check.IndexOf("CMD ", StringComparison.Ordinal) + 4)..])!;
        Assert.Contains("/127.0.0.1/8080 ", command[2], StringComparison.Ordinal); // where the server listens by itself
        Assert.Equal("http://127.0.0.1:8080", new CityPerception.Hosting.HttpOptions().Url);

        int port;
        await using (TestServer server = await TestServer.StartAsync())
        {
            port = server.Client.BaseAddress!.Port;
            Assert.Equal(0, await RunAsync(command, port));
            Assert.NotEqual(0, await RunAsync([command[0], command[1], command[2].Replace("/healthz/ready", "/nothing", StringComparison.Ordinal)], port));
        }

        Assert.NotEqual(0, await RunAsync(command, port));
    }

    private static async Task<int> RunAsync(string[] command, int port)
    {
        string program = MissingServer.Find(command[0], "Debian: apt-get install bash.");
        using Process process = Process.Start(new ProcessStartInfo(program, [command[1], command[2].Replace("8080", $"{port}", StringComparison.Ordinal)]) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Ct);
        return process.ExitCode;
    }

    private static IEnumerable<string> Lines(string instruction) => Recipe.Where(l => l.StartsWith(instruction + " ", StringComparison.Ordinal)).Select(l => l[(instruction.Length + 1)..].Trim());

    private static string After(string[] words, string option) => words[Array.IndexOf(words, option) + 1];
}
