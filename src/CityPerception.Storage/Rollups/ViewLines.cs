using System.Text;
using CityPerception.Core.Channels;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.Rollups;

/// <summary>Views, their revisions and partials as points, as measurements.yaml describes them.</summary>
internal static class ViewLines
{
    private static readonly LineKey
        View = LineKey.OfMeasurement("channel_view"u8), RevisionOf = LineKey.OfMeasurement("channel_revision"u8), PartialOf = LineKey.OfMeasurement("channel_partial"u8),
        Channel = new("channel"u8), District = new("district"u8), Group = new("group"u8), Input = new("input"u8), KpiTag = new("kpi"u8), Window = new("window"u8),
        Value = new("value"u8), Text = new("text"u8), Num = new("num"u8), Den = new("den"u8), Samples = new("samples"u8), Coverage = new("coverage"u8), LevelField = new("level"u8),
        OwnLevel = new("own_level"u8), Void = new("void"u8), Rev = new("rev"u8), Computed = new("computed"u8), Start = new("start"u8),
        Count = new("count"u8), Sum = new("sum"u8), Min = new("min"u8), Max = new("max"u8);

    /// <summary>Adds a view; a later one of the same key and window takes its place in the store.</summary>
    public static void AddView(LineBuffer lines, string channel, ChannelView view)
    {
        var line = new LineProtocolWriter(lines, View);
        AddTags(ref line, channel, view);
        AddFields(ref line, view);
        line.End(view.Start.ToUnixNs());
    }

    /// <summary>Adds a view that is being restated, as it was shown.</summary>
    public static void AddRevision(LineBuffer lines, string channel, ChannelView view)
    {
        var line = new LineProtocolWriter(lines, RevisionOf);
        AddTags(ref line, channel, view);
        line.Integer(Start, view.Start.ToUnixTimeMilliseconds());
        AddFields(ref line, view);
        // One pass may restate many windows, all computed in the same millisecond: the start makes their times differ.
        line.End(view.ComputedAt.ToUnixNs() + view.Start.ToUnixTimeSeconds() / 60 % 1_000_000);
    }

    /// <summary>Adds a partial of an hour.</summary>
    public static void AddPartial(LineBuffer lines, string input, ViewWindow window, DateTimeOffset start, ViewKey key, Partial partial)
    {
        var line = new LineProtocolWriter(lines, PartialOf);
        line.Tag(District, Encoding.UTF8.GetBytes(key.District));
        line.Tag(Group, Encoding.UTF8.GetBytes(key.Group));
        line.Tag(Input, Encoding.UTF8.GetBytes(input));
        line.Tag(Window, Encoding.UTF8.GetBytes(ViewWindows.NameOf(window)));
        line.Integer(Count, partial.Count);
        line.Float(Sum, partial.Sum);
        if (!double.IsNaN(partial.Min)) line.Float(Min, partial.Min);
        if (!double.IsNaN(partial.Max)) line.Float(Max, partial.Max);
        line.End(start.ToUnixNs());
    }

    private static void AddTags(ref LineProtocolWriter line, string channel, ChannelView view)
    {
        line.Tag(Channel, Encoding.UTF8.GetBytes(channel));
        line.Tag(District, Encoding.UTF8.GetBytes(view.Key.District));
        line.Tag(Group, Encoding.UTF8.GetBytes(view.Key.Group));
        line.Tag(KpiTag, Encoding.UTF8.GetBytes(view.Kpi));
        line.Tag(Window, Encoding.UTF8.GetBytes(ViewWindows.NameOf(view.Window)));
    }

    private static void AddFields(ref LineProtocolWriter line, ChannelView view)
    {
        line.Float(Value, view.Value);
        if (view.Num is { } num) line.Float(Num, num);
        if (view.Den is { } den) line.Float(Den, den);
        if (view.Text is { } text) line.String(Text, Encoding.UTF8.GetBytes(text));
        line.Integer(Samples, view.Samples);
        if (view.Coverage is { } coverage) line.Float(Coverage, coverage);
        line.Integer(LevelField, (long)view.Level);
        line.Integer(OwnLevel, (long)view.OwnLevel);
        line.Integer(Void, view.Void ? 1 : 0);
        line.Integer(Rev, view.Revision);
        line.Integer(Computed, view.ComputedAt.ToUnixTimeMilliseconds());
    }
}
