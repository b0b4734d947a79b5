using System.Collections.Frozen;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Decoding;
using CityPerception.Core.Lookups;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Mapping.Plans;
using CityPerception.Core.Schema;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Mapping;

/// <summary>Turns a source file into a plan, and finds everything in it that cannot be meant so.</summary>
/// <param name="catalog">The schema that observations must fit.</param>
/// <param name="city">Zone, bounds and limits.</param>
/// <param name="lookups">The tables, by the name of their file without extension; null for one with faults of its own.</param>
/// <param name="texts">What is known of words.</param>
/// <param name="faults">Receives what is wrong, all of it.</param>
public sealed class MappingCompiler(MeasurementCatalog catalog, City city, FrozenDictionary<string, LookupTable?> lookups, TextTables texts, ConfigFaults faults)
{
    /// <summary>The plan, or null if there are faults.</summary>
    public CompiledSource? Compile(SourceFile file)
    {
        int before = faults.All.Count;
        var scopes = new ScopeBuilder();
        IDecoder? decoder = FindDecoder(file);
        CheckTopics(file);
        var values = new ValueCompiler(scopes, lookups, texts, faults);
        var compiler = new ObservationCompiler(file, catalog, city, scopes, values, faults);
        List<ObservationFile> files = file.Observation is not null ? [file.Observation] : file.Observations ?? [];
        ILookup<bool, ObservationFile> ofDocument = files.ToLookup(o => o.Per == ObservationPer.Document);
        CheckDocumentObservations(file, ofDocument[true]);

        // Before the elements' scopes are open, paths can lead to the document alone.
        ObservationPlan?[] ofTheDocument = [.. ofDocument[true].Select(compiler.Compile)];
        if (file.Each is not null) OpenEach(file, scopes);
        int innermost = scopes.Innermost;

        Evaluator? when = file.When is null ? null : values.CompileCondition(file, "when", file.When);
        if (files.Count == 0 && file.Decode != LineProtocolName)
            faults.Add(file, "observation", "neither observation nor observations", "what a document becomes (only line-protocol goes without)");
        if (files.Count == 0 && DeviceRule.Of(file) is not null)
            faults.Add(file, file.Unknown is null or UnknownDevices.Accept ? "sender" : "unknown", "a rule about the tag device", "no such rule in a source without observations, whose lines are written as they come");

        if (file.Every is { } every && (every < TimeSpan.FromSeconds(1) || every > TimeSpan.FromDays(1)))
            faults.Add(file, "every", $"{every.TotalSeconds} seconds", "1s to 1d: how often each device sends a sample");

        ObservationPlan?[] observations = [.. ofDocument[false].Select(compiler.Compile)];
        if (faults.All.Count > before) return null;

        return new CompiledSource(file, decoder!, scopes.Build(), innermost, when, [.. ofTheDocument.Select(o => o!)], [.. observations.Select(o => o!)], city)
        {
            // Of a zone that is none there was a fault already, where the times were compiled.
            Zone = file.Zone is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? own) ? own : city.Zone,
            Texts = texts,
            AsksForScores = values.AsksForScores,
            Single = file.Single ? SingleElement.Of(MappingGrammar.ParsePath(file.Each!)!) : null,
        };
    }

    private void CheckDocumentObservations(SourceFile file, IEnumerable<ObservationFile> observations)
    {
        foreach (ObservationFile observation in observations)
        {
            if (file.Each is null) faults.Add(observation, "per", "document", "a source with each: without it an observation is the document's anyway");
            if (observation.Members is not null) faults.Add(observation, "members", "members", "fields: per: document takes no members");
        }
    }

    private const string LineProtocolName = "line-protocol";

    private IDecoder? FindDecoder(SourceFile file)
    {
        if (Decoders.All.TryGetValue(file.Decode, out IDecoder? decoder)) return decoder;
        string[] names = [.. Decoders.All.Keys.Order()];
        faults.Add(file, "decode", $"\"{file.Decode}\"", string.Join(", ", names), Suggest.Closest(file.Decode, names));
        return null;
    }

    private void CheckTopics(SourceFile file)
    {
        if (file.From is null) return;
        foreach ((string key, List<string> filters) in ((string, List<string>)[])[("mqtt", file.From.Mqtt), ("except", file.From.Except)])
            foreach (string filter in filters)
                if (!TopicFilter.IsValid(filter)) faults.Add(file.From, key, $"\"{filter}\"", "a topic filter: levels between /, + alone for one level, # alone at the end");
        foreach (string filter in file.From.Hj212)
            if (!TopicFilter.IsValid(filter) || filter.Count(c => c == '/') != 2)
                faults.Add(file.From, "hj212", $"\"{filter}\"", "ST/CN/MN of frames, + for any of the three: 22/2011/+");
    }

    private void OpenEach(SourceFile file, ScopeBuilder scopes)
    {
        MappingPath? path = MappingGrammar.ParsePath(file.Each!);
        if (path is null || !path.HasWildcard || path.IsKey)
            faults.Add(file, "each", $"\"{file.Each}\"", "a path with a wildcard: $.readings[*]");
        else if (!scopes.TryOpen(path))
            faults.Add(file, "each", $"\"{file.Each}\"", "a path from $");
        else if (file.Single && SingleElement.Of(path) is null)
            faults.Add(file, "single", "true", "an each whose array is a member of the document: $.data[*]");
    }
}
