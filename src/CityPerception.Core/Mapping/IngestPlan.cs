using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using CityPerception.Core.Cases;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.Core.Lookups;
using CityPerception.Core.Schema;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Mapping;

/// <summary>All of ingest-configs, compiled: what runs. Immutable; a reload makes a new one and swaps one reference.</summary>
public sealed class IngestPlan
{
    private IngestPlan(City city, MeasurementCatalog measurements, FrozenDictionary<string, LookupTable> lookups, IEnumerable<CompiledSource> sources)
    {
        City = city;
        Measurements = measurements;
        Lookups = lookups;
        Sources = sources.ToFrozenDictionary(s => s.Name);
        TopicFilters = [.. Sources.Values.OrderBy(s => s.Name, StringComparer.Ordinal).SelectMany(s => s.Topics.Select(t => (t, s)))];
    }

    public City City { get; }

    public MeasurementCatalog Measurements { get; }

    /// <summary>The tables of lookups/, by the name of their file without its ending.</summary>
    public FrozenDictionary<string, LookupTable> Lookups { get; }

    /// <summary>What is known of the words that people use.</summary>
    public required TextTables Texts { get; init; }

    public FrozenDictionary<string, CompiledSource> Sources { get; }

    /// <summary>The channel views, by slug.</summary>
    public required FrozenDictionary<string, Channel> Channels { get; init; }

    /// <summary>How long cases may take whose deadline no system sent.</summary>
    public required CaseLimits CaseLimits { get; init; }

    /// <summary>The topic filters of all sources. A topic that several match is mapped by each.</summary>
    public IReadOnlyList<(string Filter, CompiledSource Source)> TopicFilters { get; }

    /// <summary>Whether any source reads Sparkplug B, so that its nodes have to be followed.</summary>
    public bool HasSparkplug => Sources.Values.Any(s => s.IsSparkplug);

    /// <summary>
    /// What has to be subscribed to at a broker of others: every filter, but one for all of Sparkplug B, since births and
    /// data of a node have to come one after the other, and all of them.
    /// </summary>
    public IEnumerable<string> Subscriptions => TopicFilters
        .Select(t => t.Source.IsSparkplug && t.Filter.StartsWith(SparkplugTopic.Namespace, StringComparison.Ordinal) ? SparkplugTopic.AllTopics : t.Filter)
        .Distinct();

    /// <summary>The sources that take messages of this topic.</summary>
    public CompiledSource[] SourcesOf(string topic)
    {
        // Several filters of one source may match; it still gets the message once.
        List<CompiledSource> found = [];
        foreach ((string filter, CompiledSource source) in TopicFilters)
            if (TopicFilter.Matches(filter, topic) && !found.Contains(source) && !source.Exceptions.Any(e => TopicFilter.Matches(e, topic))) found.Add(source);
        return [.. found];
    }

    /// <summary>The category that a table of lookups/ suggests for a text, as a tag with <c>suggest</c> would have it; null for none.</summary>
    /// <param name="table">Its name; its column is <c>category</c>.</param>
    /// <param name="utf8">The text.</param>
    public string? SuggestCategory(string table, ReadOnlySpan<byte> utf8)
    {
        if (!Lookups.TryGetValue(table, out LookupTable? words) || words.FindColumn("category") is not (>= 0 and var column)) return null;
        ReadOnlySpan<byte> found = new CategoryKeywords(Texts.Signs, words, column).Find(utf8);
        return found.IsEmpty ? null : Encoding.UTF8.GetString(found);
    }

    /// <summary>The sources that take HJ 212 frames of this ST/CN/MN.</summary>
    public CompiledSource[] SourcesOfHj212(string frame) =>
        [.. Sources.Values.Where(s => s.Hj212Frames.Any(f => TopicFilter.Matches(f, frame))).OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>Compiles the files of one configuration directory.</summary>
    /// <param name="files">The text of each file by its path in the directory, with <c>/</c> between folders.</param>
    /// <param name="faults">Receives everything that is wrong, in all files.</param>
    /// <returns>The plan, or null if anything is wrong.</returns>
    public static IngestPlan? Load(IReadOnlyDictionary<string, byte[]> files, ConfigFaults faults)
    {
        int before = faults.All.Count;
        string? Text(string path) => ReadText(path, files, faults);

        // A file with faults does not hide those of the next: what is missing is stood in for, and nothing of it runs.
        var lookups = new Dictionary<string, LookupTable?>();
        foreach (string path in In(LookupsFolder, ".csv", files))
            lookups.Add(Path.GetFileNameWithoutExtension(path), Text(path) is { } csv ? LookupReader.Read(path, csv, faults) : null);

        List<SourceFile> sources = [];
        foreach (string path in In(SourcesFolder, ".yaml", files))
            if (Text(path) is { } yaml && ConfigBinder.Bind<SourceFile>(path, yaml, faults) is { } source) sources.Add(source);
        ImmutableDictionary<string, TimeSpan> schedules = sources.Where(static s => s.Every > TimeSpan.Zero).DistinctBy(static s => s.Source).ToImmutableDictionary(static s => s.Source, static s => s.Every!.Value);

        SiteLimits sites = SiteLimits.Read(lookups.GetValueOrDefault(SiteLimits.Targets), lookups.GetValueOrDefault(SiteLimits.Permits), faults, lookups.Values.OfType<LookupTable>());
        City city = (Text(CityFileName) is { } cityText ? CityCompiler.Read(CityFileName, cityText, faults, sites, schedules, files) : null) ?? City.Unknown;
        MeasurementsFile? schema = Text(MeasurementsFileName) is { } schemaText ? ConfigBinder.Bind<MeasurementsFile>(MeasurementsFileName, schemaText, faults) : null;
        MeasurementCatalog? catalog = schema is null ? null : MeasurementCompiler.CompileSoundPart(schema, city, faults);

        CaseLimits caseLimits = CaseLimits.Read(lookups.GetValueOrDefault(CaseLimits.Table), city, faults);
        TextTables texts = TextTables.Load(In(TextTables.Folder, ".csv", files), Text, faults);
        CheckNames(sources, faults);
        List<ChannelFile> channels = [];
        foreach (string path in In(ChannelsFolder, ".yaml", files))
            if (Text(path) is { } yaml && ConfigBinder.Bind<ChannelFile>(path, yaml, faults) is { } channel) channels.Add(channel);
        CheckChannels(channels, faults);
        if (catalog is null) return null;

        var compiler = new MappingCompiler(catalog, city, lookups.ToFrozenDictionary(), texts, faults);
        List<CompiledSource?> compiled = [.. sources.Where(s => s.IsSound).Select(compiler.Compile)];
        var channelCompiler = new ChannelCompiler(catalog, faults);
        List<Channel?> compiledChannels = [.. channels.Select(channelCompiler.Compile)];
        if (faults.All.Count > before) return null;
        return new IngestPlan(city, catalog, lookups.ToFrozenDictionary(l => l.Key, l => l.Value!), compiled.Select(s => s!))
        {
            Channels = compiledChannels.ToFrozenDictionary(c => c!.Slug, c => c!),
            CaseLimits = caseLimits,
            Texts = texts,
        };
    }

    public const string CityFileName = "city.yaml", MeasurementsFileName = "measurements.yaml", SourcesFolder = "sources/", LookupsFolder = "lookups/", ChannelsFolder = "channels/";

    private static IEnumerable<string> In(string folder, string extension, IReadOnlyDictionary<string, byte[]> files) =>
        files.Keys.Where(p => p.StartsWith(folder, StringComparison.Ordinal) && p.EndsWith(extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static string? ReadText(string path, IReadOnlyDictionary<string, byte[]> files, ConfigFaults faults)
    {
        if (!files.TryGetValue(path, out byte[]? bytes))
        {
            faults.Add(new ConfigPlace(path, 1, 1), "", "no such file", "the file is needed");
            return null;
        }

        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        int at = TextFault.FirstInvalidUtf8(bytes);
        faults.Add(new ConfigPlace(path, bytes.AsSpan(0, at).Count((byte)'\n') + 1, 1), "", $"a byte that is not UTF-8 (0x{bytes[at]:X2})", "UTF-8");
        return null;
    }

    private static void CheckNames(List<SourceFile> sources, ConfigFaults faults)
    {
        foreach (IGrouping<string, SourceFile> same in sources.GroupBy(s => s.Source).Where(g => g.Count() > 1))
            foreach (SourceFile again in same.Skip(1))
                faults.Add(again, "source", $"\"{again.Source}\"", $"a name of its own; {same.First().Place.File} has this one");
    }

    private static void CheckChannels(List<ChannelFile> channels, ConfigFaults faults)
    {
        foreach (IGrouping<string, ChannelFile> same in channels.GroupBy(c => c.Channel).Where(g => g.Count() > 1))
            foreach (ChannelFile again in same.Skip(1))
                faults.Add(again, "channel", $"\"{again.Channel}\"", $"a channel of its own; {same.First().Place.File} has this one");
    }
}
