using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CityPerception.Core.Configuration;

/// <summary>Reads YAML 1.2 text into nodes that know where they stand.</summary>
/// <remarks>
/// Anchors, aliases and tags are refused: a file is to be read from top to bottom, and an alias can make a small
/// file a huge document. YamlDotNet's own document model would do but for its throwing at the first duplicate key.
/// </remarks>
internal sealed class YamlReader
{
    public const int MaxBytes = 4 << 20;
    public const int MaxDepth = 32;

    private readonly string _file;
    private readonly Parser _parser;
    private readonly ConfigFaults _faults;

    private YamlReader(string file, string text, ConfigFaults faults)
    {
        _file = file;
        _parser = new Parser(new StringReader(text));
        _faults = faults;
    }

    /// <summary>The document, or null when its text cannot be read at all (the fault is noted).</summary>
    public static ConfigNode? Read(string file, string text, ConfigFaults faults)
    {
        var start = new ConfigPlace(file, 1, 1);
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MaxBytes)
        {
            faults.Add(start, "", $"{bytes} bytes", $"at most {MaxBytes} bytes a file");
            return null;
        }
        text = text.TrimStart('\uFEFF');
        var reader = new YamlReader(file, text, faults);
        try
        {
            return reader.ReadDocument(start);
        }
        catch (YamlException e)
        {
            var place = new ConfigPlace(file, Math.Max(1, (int)e.Start.Line), Math.Max(1, (int)e.Start.Column));
            faults.Add(place, "", $"no YAML ({e.Message.TrimEnd('.')})", "YAML 1.2", YamlHints.For(text, place));
            return null;
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's own checks of its state, which a few malformed documents reach before its grammar does.
            ConfigPlace place = reader._parser.Current is { } last ? reader.PlaceOf(last) : start;
            faults.Add(place, "", "no YAML (the document ends in the middle)", "YAML 1.2", YamlHints.For(text, place));
            return null;
        }
        catch (TooDeepException e)
        {
            faults.Add(e.Place, e.Path, $"more than {MaxDepth} levels of nesting", $"at most {MaxDepth}");
            return null;
        }
    }

    private ConfigNode? ReadDocument(ConfigPlace start)
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            _faults.Add(start, "", "an empty file", "a mapping");
            return null;
        }
        ConfigNode root = ReadNode(keyPlace: null, path: "", depth: 1);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out DocumentStart? second))
            _faults.Add(PlaceOf(second), "", "a second document (---)", "one document a file");
        return root;
    }

    private ConfigNode ReadNode(ConfigPlace? keyPlace, string path, int depth)
    {
        ConfigPlace place = PlaceOf(_parser.Current!);
        ConfigPlace key = keyPlace ?? place;
        if (depth > MaxDepth) throw new TooDeepException(place, path);

        if (_parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            _faults.Add(place, path, $"the alias *{alias.Value.Value}", "no aliases; a text that begins with * stands in quotes", $"\"*{alias.Value.Value}\"");
            return new ConfigBrokenNode(place, key, path);
        }
        RefuseAnchorAndTag(place, path);
        if (_parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            bool plain = scalar.Style == ScalarStyle.Plain;
            return new ConfigScalarNode(
                plain ? ConfigScalar.Plain(scalar.Value, place) : new ConfigScalar(ConfigScalarKind.Text, scalar.Value, Quoted: true, place),
                place, key, path);
        }
        return _parser.Current is SequenceStart ? ReadList(place, key, path, depth) : ReadMap(place, key, path, depth);
    }

    private ConfigListNode ReadList(ConfigPlace place, ConfigPlace key, string path, int depth)
    {
        _parser.Consume<SequenceStart>();
        List<ConfigNode> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(keyPlace: null, $"{path}[{items.Count}]", depth + 1));
        return new ConfigListNode(items, place, key, path);
    }

    private ConfigMapNode ReadMap(ConfigPlace place, ConfigPlace key, string path, int depth)
    {
        _parser.Consume<MappingStart>();
        var entries = new Dictionary<string, ConfigNode>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            ConfigNode name = ReadNode(keyPlace: null, path, depth + 1);
            string text = name is ConfigScalarNode { Scalar.Text: var written } ? written : "";
            ConfigNode value = ReadNode(name.Place, ConfigNode.Join(path, text), depth + 1);
            if (name is ConfigListNode or ConfigMapNode)
                _faults.Add(name.Place, path, $"{name.Describe()} as a key", "a text as a key");
            else if (!entries.TryAdd(text, value) && name is ConfigScalarNode)
                _faults.Add(name.Place, value.Path, $"the key {text} again (first in line {entries[text].KeyPlace.Line})", "every key once");
        }
        return new ConfigMapNode(entries, place, key, path);
    }

    private void RefuseAnchorAndTag(ConfigPlace place, string path)
    {
        if (_parser.Current is not NodeEvent node) return;
        if (!node.Anchor.IsEmpty)
            _faults.Add(place, path, $"the anchor &{node.Anchor.Value}", "no anchors; a text that begins with & stands in quotes");
        if (!node.Tag.IsEmpty)
            _faults.Add(place, path, $"the tag {node.Tag.Value}", "no tags; a text that begins with ! stands in quotes");
    }

    private ConfigPlace PlaceOf(ParsingEvent parsed) => new(_file, (int)parsed.Start.Line, (int)parsed.Start.Column);

    /// <summary>Ends the reading from within its recursion.</summary>
    private sealed class TooDeepException(ConfigPlace place, string path) : Exception
    {
        public ConfigPlace Place { get; } = place;

        public string Path { get; } = path;
    }
}
