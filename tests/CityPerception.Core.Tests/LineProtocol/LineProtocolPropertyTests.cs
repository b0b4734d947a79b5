using System.Text;
using System.Text.RegularExpressions;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CsCheck;

namespace CityPerception.Core.Tests.LineProtocol;

/// <summary>What holds for any input, not only for the samples.</summary>
public partial class LineProtocolPropertyTests
{
    // Characters that mean something to the format, controls, others of one to four bytes, and bytes that are none.
    private static readonly byte[][] Pieces =
        [.. ", =\"\\#\n\r\t\0\u007Faab1i.-".Select(c => new[] { (byte)c }), [.. "é"u8], [.. "区"u8], [.. "😀"u8], [.. "\u2028"u8], [0xFF], [0xC3], [0xE5, 0x8C]];

    private static readonly string[] LinePieces =
        ["m,k=v f=1 5\n", "m f=\"", "\"", "=\"", " ", ",", "=", "\n", "\r\n", "\\", "#", "a", "1i", "1e", "-", "t"];

    private static readonly Gen<byte[]> Text = Gen.OneOf(
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]),
        Gen.String[0, 4].Select(Encoding.UTF8.GetBytes)).Array[0, 12].Select(parts => parts.SelectMany(p => p).ToArray());

    private static readonly Gen<object> Value = Gen.OneOf(
        Gen.Double.Where(double.IsFinite).Select(v => (object)v),
        Gen.Float.Where(float.IsFinite).Select(v => (object)Math.Round((double)v, 2)),
        Gen.Long.Select(v => (object)v), Gen.ULong.Select(v => (object)v), Gen.Bool.Select(v => (object)v), Text.Select(v => (object)v));

    private static readonly Gen<long> Time = Gen.Long[ObservationTime.MinNs, ObservationTime.MaxNs];

    private static readonly Gen<byte[]> LikeLines = Gen.OneOf(
        Gen.Int[0, LinePieces.Length - 1].Select(i => Encoding.ASCII.GetBytes(LinePieces[i])),
        Gen.Byte.Select(b => new[] { b })).Array[0, 40].Select(parts => parts.SelectMany(p => p).ToArray());

    [Fact]
    public void WriteThenRead_AnyPoint_IsTheSamePoint() =>
        Gen.Select(Text, Gen.Select(Text, Text).Array[0, 5], Gen.Select(Text, Value).Array[1, 5], Time).Sample((measurement, tags, fields, time) =>
        {
            string name = MeasurementOf(measurement);
            (byte[] Key, byte[] Value)[] ordered = [.. tags.Where(t => NameOf(t.Item1).Length > 0)
                .DistinctBy(t => NameOf(t.Item1)).OrderBy(t => Escaped(t.Item1), ByteOrder)];
            (byte[] Key, object Value)[] kept = [.. fields.Where(f => NameOf(f.Item1).Length > 0)];
            if (name.Length == 0 || kept.Length == 0) return;

            var buffer = new LineBuffer(1);
            var line = new LineProtocolWriter(buffer, LineKey.OfMeasurement(measurement));
            foreach ((byte[] key, byte[] value) in ordered) Assert.Equal(NameOf(value).Length > 0, line.Tag(new LineKey(key), value));
            foreach ((byte[] key, object value) in kept) WriteField(ref line, key, value);
            line.End(time);

            Assert.Equal(buffer.Length - 1, buffer.Written.IndexOf((byte)'\n'));
            Assert.False(buffer.Written[..^1].ContainsAnyInRange((byte)0, (byte)0x1F));

            string expected = $"{name} |{string.Concat(ordered.Where(t => NameOf(t.Value).Length > 0).Select(t => $" {NameOf(t.Key)}={NameOf(t.Value)}"))} |"
                + $"{string.Concat(kept.Select(f => $" {NameOf(f.Key)}:{Shown(f.Value)}"))} | {time}";
            Assert.Equal(expected, Assert.Single(LineDump.Of(buffer.Written)));
        }, iter: 20_000);

    [Fact]
    public void Read_AnyBytes_NeverThrowsAndEveryPlaceIsInTheText() => LikeLines.Sample(text =>
    {
        int offset = -1;
        var reader = new LineProtocolReader(text);
        while (reader.NextLine())
        {
            while (reader.NextField()) { }
            Assert.True(reader.LineOffset > offset, "lines go forward");
            offset = reader.LineOffset;
            if (!reader.Failed)
            {
                // A line says the same alone as among others.
                Assert.Equal(Assert.Single(LineDump.Of(reader.Line)), Assert.Single(LineDump.Of([.. reader.Line, .. "\r\n"u8])));
                Assert.True(reader.Line.StartsWith(reader.SeriesKey));
                continue;
            }

            LineFault fault = reader.Fault;
            Assert.InRange(fault.Offset, reader.LineOffset, text.Length);
            Assert.Equal(fault.Line, text.AsSpan(0, fault.Offset).Count((byte)'\n') + 1);
            Assert.Equal(fault.Column, fault.Offset - text.AsSpan(0, fault.Offset).LastIndexOf((byte)'\n'));
        }
    }, iter: 50_000);

    [Fact]
    public void Read_LinesAbandonedAfterTheMeasurement_AreTheSameLines() => LikeLines.Sample(text =>
    {
        var whole = new List<int>();
        var reader = new LineProtocolReader(text);
        while (reader.NextLine())
        {
            while (reader.NextField()) { }
            if (reader.Failed) return; // abandoned lines are not checked: where a bad one ends is another matter
            whole.Add(reader.LineOffset);
        }

        var abandoned = new List<int>();
        reader = new LineProtocolReader(text);
        while (reader.NextLine()) abandoned.Add(reader.LineOffset);
        Assert.Equal(whole, abandoned);
    }, iter: 50_000);

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private static string Shown(object value) => value switch
    {
        double v => FormattableString.Invariant($"Float={v}"),
        long v => FormattableString.Invariant($"Integer={v}"),
        ulong v => FormattableString.Invariant($"Unsigned={v}"),
        bool v => $"Boolean={v}",
        byte[] v => $"String={Clean(v)}",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    private static void WriteField(ref LineProtocolWriter line, byte[] key, object value)
    {
        switch (value)
        {
            case double v: line.Float(new(key), v); break;
            case long v: line.Integer(new(key), v); break;
            case ulong v: line.Unsigned(new(key), v); break;
            case bool v: line.Boolean(new(key), v); break;
            case byte[] v: line.String(new(key), v); break;
        }
    }

    // The documented replacements, said a second time and in another way.
    private static string Clean(byte[] text) => Controls().Replace(Encoding.UTF8.GetString(text), " ");

    private static string NameOf(byte[] text) => BackslashesBeforeDelimiters().Replace(Clean(text), "");

    private static byte[] Escaped(byte[] text) => Encoding.UTF8.GetBytes(Delimiters().Replace(NameOf(text), @"\$0"));

    private static string MeasurementOf(byte[] text)
    {
        string name = BackslashesBeforeCommasAndSpaces().Replace(Clean(text), "");
        return name.StartsWith('#') ? "_" + name[1..] : name;
    }

    [GeneratedRegex("[\0-\x1F\x7F]")]
    private static partial Regex Controls();

    [GeneratedRegex(@"\\+(?=[, =]|\z)")]
    private static partial Regex BackslashesBeforeDelimiters();

    [GeneratedRegex(@"\\+(?=[, ]|\z)")]
    private static partial Regex BackslashesBeforeCommasAndSpaces();

    [GeneratedRegex("[, =]")]
    private static partial Regex Delimiters();
}
