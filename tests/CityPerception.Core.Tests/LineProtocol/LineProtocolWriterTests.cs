using System.Globalization;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Tests.LineProtocol;

public class LineProtocolWriterTests
{
    private readonly LineBuffer _buffer = new(16);

    [Fact]
    public void Write_EveryType_IsOneLine()
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("air_quality"u8));
        Assert.True(line.Tag(new("district"u8), "140403"u8));
        Assert.True(line.Tag(new("sense"u8), "thing"u8));
        line.Float(new("pm25"u8), 35.1);
        line.FloatText(new("no2"u8), "4.10e1"u8);
        line.Integer(new("count"u8), -7);
        line.Unsigned(new("serial"u8), ulong.MaxValue);
        line.Boolean(new("open"u8), false);
        line.Boolean(new("ok"u8), true);
        line.String(new("flag"u8), "N, \"ok\" \\ 好"u8);
        line.End(1795483800000000001);

        Assert.Equal(
            """air_quality,district=140403,sense=thing pm25=35.1,no2=4.10e1,count=-7i,serial=18446744073709551615u,open=false,ok=true,flag="N, \"ok\" \\ 好" 1795483800000000001""" + "\n",
            Written());
        Assert.Equal(1, _buffer.LineCount);
    }

    [Theory]
    [InlineData("a b", @"a\ b")]
    [InlineData("a,b", @"a\,b")]
    [InlineData("a=b", @"a\=b")]
    [InlineData(@"a\b\\c", @"a\b\\c")]
    [InlineData(@"a\", "a")]
    [InlineData(@"a\\\", "a")]
    [InlineData(@"a\,b", @"a\,b")]
    [InlineData("a\\\tb", @"a\ b")]
    [InlineData("a\nb\r\nc\0d\u007Fe", @"a\ b\ \ c\ d\ e")]
    [InlineData("\"q\"", "\"q\"")]
    [InlineData("潞州区", "潞州区")]
    [InlineData("😀 ", @"😀\ ")]
    public void Tag_AnyText_IsEscaped(string value, string expected)
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8));
        line.Tag(new("k"u8), Encoding.UTF8.GetBytes(value));
        line.Boolean(new("f"u8), true);
        line.End(0);

        Assert.Equal($"m,k={expected} f=true 0\n", Written());
    }

    [Theory]
    [InlineData("")]
    [InlineData(@"\")]
    [InlineData(@"\\")]
    public void Tag_NothingLeftOfTheValue_IsNoTag(string value)
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8));

        Assert.False(line.Tag(new("k"u8), Encoding.UTF8.GetBytes(value)));
        line.Boolean(new("f"u8), true);
        line.End(0);
        Assert.Equal("m f=true 0\n", Written());
    }

    [Fact]
    public void Tag_BytesThatAreNotUtf8_BecomeReplacementCharacters()
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement([(byte)'m', 0xFF]));
        line.Tag(new([(byte)'k', 0xC3]), [0xE6, 0xBD]);
        line.String(new([0x80, (byte)'f']), [(byte)'a', 0xED, 0xA0, 0x80]);
        line.End(0);

        Assert.Equal("m\uFFFD,k\uFFFD=\uFFFD \uFFFDf=\"a\uFFFD\uFFFD\uFFFD\" 0\n", Written());
    }

    [Theory]
    [InlineData("#m", "_m")]
    [InlineData("m=1", "m=1")]
    [InlineData("a b,c", @"a\ b\,c")]
    public void Measurement_AnyText_StaysAMeasurement(string name, string expected)
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement(Encoding.UTF8.GetBytes(name)));
        line.Boolean(new("f"u8), true);
        line.End(0);

        Assert.Equal($"{expected} f=true 0\n", Written());
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1.0, "1")]
    [InlineData(-12.0, "-12")]
    [InlineData(0.1, "0.1")]
    [InlineData(-0.05, "-0.05")]
    [InlineData(35.125, "35.125")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(113.118745, "113.118745")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1e22, "1E+22")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    [InlineData(-double.Epsilon, "-5E-324")]
    public void Float_AnyNumber_IsShortest(double value, string expected)
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8));
        line.Float(new("f"u8), value);
        line.End(0);

        Assert.Equal($"m f={expected} 0\n", Written());
    }

    [Fact]
    public void Float_NumbersWithFewDecimals_AreWrittenAsTheFrameworkWritesThem()
    {
        var random = new Random(7);
        Span<byte> text = stackalloc byte[LineNumbers.MaxDoubleBytes];
        for (int i = 0; i < 100_000; i++)
        {
            double value = Math.Round((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(16)), random.Next(6));
            if (value == 0) continue; // the framework writes -0, which is tested above
            int length = LineNumbers.Format(value, text);

            string expected = value.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(expected, Encoding.ASCII.GetString(text[..length]));
            Assert.True(LineNumbers.TryParseDouble(text[..length], out double back));
            Assert.Equal(value, back);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Float_NotFinite_Throws(double value) => Assert.Throws<ArgumentOutOfRangeException>(() =>
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8));
        line.Float(new("f"u8), value);
    });

    [Theory]
    [InlineData("b", "a")]
    [InlineData("a", "a")]
    [InlineData("aa", "a")]
    public void Tag_OutOfOrder_Throws(string first, string second) => Assert.Throws<ArgumentException>(() =>
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8));
        line.Tag(new(Encoding.UTF8.GetBytes(first)), "1"u8);
        line.Tag(new(Encoding.UTF8.GetBytes(second)), "1"u8);
    });

    [Fact]
    public void Names_Empty_Throw()
    {
        Assert.Throws<ArgumentException>(() => new LineProtocolWriter(_buffer, LineKey.OfMeasurement(@"\"u8)).Fields);
        Assert.Throws<ArgumentException>(() => new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8)).Tag(new(""u8), "1"u8));
        Assert.Throws<ArgumentException>(() => new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8)).Boolean(new(""u8), true));
    }

    [Fact]
    public void Tag_AfterAField_Throws() => Assert.Throws<InvalidOperationException>(() =>
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8));
        line.Boolean(new("f"u8), true);
        line.Tag(new("k"u8), "v"u8);
    });

    [Fact]
    public void End_WithoutFieldsOrOutsideTheTimesOfInfluxDb_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8)).End(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => EndAt(long.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => EndAt(long.MaxValue));
        _buffer.Clear();
        EndAt(ObservationTime.MinNs);
        EndAt(ObservationTime.MaxNs);
        Assert.Equal("m f=true -9223372036854775806\nm f=true 9223372036854775806\n", Written());
    }

    [Fact]
    public void Abandon_HalfALine_LeavesTheLinesBefore()
    {
        EndAt(1);
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8));
        line.Tag(new("k"u8), "v"u8);
        line.Integer(new("f"u8), 1);
        line.Abandon();
        EndAt(2);

        Assert.Equal("m f=true 1\nm f=true 2\n", Written());
        Assert.Equal(2, _buffer.LineCount);
    }

    private void EndAt(long time)
    {
        var line = new LineProtocolWriter(_buffer, LineKey.OfMeasurement("m"u8));
        line.Boolean(new("f"u8), true);
        line.End(time);
    }

    private string Written() => Encoding.UTF8.GetString(_buffer.Written);
}
