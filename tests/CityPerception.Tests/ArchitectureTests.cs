using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using CityPerception.Core.Observations;
using CityPerception.Storage;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging;

namespace CityPerception.Tests;

/// <summary>The borders of docs/architecture.md, as the compiled assemblies have them.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Core = typeof(Message).Assembly.Location, Storage = typeof(StorageMetrics).Assembly.Location;

    [Fact]
    public void Core_References_NothingThatReachesOutside() => AssertFree(
        References(Core), "CityPerception", "System.Net", "System.IO.FileSystem", "System.IO.Pipes", "Microsoft.AspNetCore", "Microsoft.Extensions", "FASTER", "DuckDB", "MQTTnet", "InfluxDB");

    [Fact]
    public void Core_Members_TouchNoFileSocketOrClock()
    {
        string[] used = UsedMembers(Core);
        Assert.NotEmpty(used); // what it may use is seen, so what it may not would be
        Assert.Contains(used, m => m.StartsWith("System.Text.Json.Utf8JsonReader::", StringComparison.Ordinal));
        AssertFree(
            used, "System.IO.File", "System.IO.Directory", "System.IO.RandomAccess", "System.Net.", "System.Environment::GetEnvironmentVariable", "System.Diagnostics.Stopwatch",
            "System.TimeProvider::get_System", "System.DateTime::get_UtcNow", "System.DateTime::get_Now", "System.DateTime::get_Today", "System.DateTimeOffset::get_UtcNow",
            "System.DateTimeOffset::get_Now", "System.Environment::get_TickCount", "System.TimeZoneInfo::get_Local");
    }

    [Fact]
    public void Storage_References_NoSourceAndNoScreen()
    {
        string[] references = References(Storage);
        Assert.Contains("CityPerception.Core", references);
        AssertFree(references, "cityperception", "MQTTnet", "Microsoft.AspNetCore");
    }

    [Fact]
    public void SourceReadme_NamesEveryFolder()
    {
        string src = RepositoryFolder.Find("src");
        HashSet<string> linked = [.. Link().Matches(File.ReadAllText(Path.Combine(src, "README.md"))).Select(m => m.Groups[1].Value)];
        List<string> folders = [];
        foreach (string project in (string[])["CityPerception.Core", "CityPerception.Storage", "CityPerception"])
        {
            folders.AddRange(Directory.GetDirectories(Path.Combine(src, project)).Select(Path.GetFileName)
                .Where(name => name is not ("bin" or "obj" or "Properties")).Select(name => $"{project}/{name}"));
        }

        Assert.Equal(folders.Order(StringComparer.Ordinal), linked.Where(l => l.StartsWith("CityPerception", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EventIds_OfTheLog_EachMeanOneThing()
    {
        (int Id, string Method)[] events = [.. new[] { typeof(Message), typeof(StorageMetrics), typeof(CityPerception.Cli.CommandLine) }.SelectMany(t => t.Assembly.GetTypes())
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(m => (m.GetCustomAttribute<LoggerMessageAttribute>()?.EventId ?? 0, $"{m.DeclaringType}.{m.Name}")).Where(e => e.Item1 != 0)];
        Assert.True(events.Length > 50, $"{events.Length} events");
        Assert.Empty(events.GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(e => e.Method))}"));
    }

    private static void AssertFree(string[] names, params string[] forbidden) =>
        Assert.DoesNotContain(names, name => forbidden.Any(f => name.StartsWith(f, StringComparison.Ordinal)));

    private static string[] References(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    // Namespace.Type::Member of everything that the code calls in other assemblies.
    private static string[] UsedMembers(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        return
        [
            .. metadata.MemberReferences.Select(metadata.GetMemberReference).Where(m => m.Parent.Kind is HandleKind.TypeReference)
                .Select(m => $"{NameOf(metadata, (TypeReferenceHandle)m.Parent)}::{metadata.GetString(m.Name)}"),
        ];
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
