using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.LineProtocol.Intake;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.TestKit;
using CsCheck;

namespace CityPerception.Core.Tests.LineProtocol.Intake;

public class LineIntakeTests
{
    private const long Now = 1795483800_000000000; // 2026-11-24T01:30:00Z

    private static readonly LineIntake Intake = new(new MeasurementCatalog(
    [
        new Measurement
        {
            Name = "air_quality",
            Sense = Sense.Thing,
            Tags = [new TagSchema { Name = "category", Values = ["ambient", "construction"] }, new TagSchema { Name = "device", MaxBytes = 12 }, new TagSchema { Name = "sense" }, new TagSchema { Name = "source" }],
            Fields =
            [
                new FieldSchema { Name = "flag", Type = FieldType.String, MaxBytes = 8 },
                new FieldSchema { Name = "ok", Type = FieldType.Boolean },
                new FieldSchema { Name = "pm25", Unit = "ug/m3", Min = 0, Max = 2000 },
                new FieldSchema { Name = "rank", Type = FieldType.Integer, Min = -5, Max = 9e18 },
                new FieldSchema { Name = "serial", Type = FieldType.Integer },
                new FieldSchema { Name = "ts_source", Type = FieldType.String },
            ],
        },
        new Measurement { Name = "hotline_ticket", Sense = Sense.Human, Tags = [], Fields = [new FieldSchema { Name = "score" }] },
    ]));

    /// <summary>A line, and what is stored.</summary>
    public static TheoryData<string, string> Good => new()
    {
        { "air_quality pm25=35.1 5", "air_quality,sense=thing,source=agent pm25=35.1 5" },
        { "hotline_ticket score=5i 5", "hotline_ticket,sense=human,source=agent score=5 5" },
        { "air_quality,source=mine,device=aq-01,category=ambient rank=3i,pm25=35.10 5", "air_quality,category=ambient,device=aq-01,sense=thing,source=mine pm25=35.1,rank=3i 5" },
        { "air_quality,sense=thing pm25=1 5", "air_quality,sense=thing,source=agent pm25=1 5" },
        { "air_quality pm25=41i 5", "air_quality,sense=thing,source=agent pm25=41 5" },
        { "air_quality pm25=41u 5", "air_quality,sense=thing,source=agent pm25=41 5" },
        { "air_quality pm25=0 5", "air_quality,sense=thing,source=agent pm25=0 5" },
        { "air_quality pm25=2000 5", "air_quality,sense=thing,source=agent pm25=2000 5" },
        { "air_quality rank=3.0 5", "air_quality,sense=thing,source=agent rank=3i 5" },
        { "air_quality rank=1e3 5", "air_quality,sense=thing,source=agent rank=1000i 5" },
        { "air_quality rank=3u 5", "air_quality,sense=thing,source=agent rank=3i 5" },
        { "air_quality rank=t 5", "air_quality,sense=thing,source=agent rank=1i 5" },
        { "air_quality serial=9223372036854775807i 5", "air_quality,sense=thing,source=agent serial=9223372036854775807i 5" },
        { "air_quality serial=-9223372036854775808 5", "air_quality,sense=thing,source=agent serial=-9223372036854775808i 5" },
        { "air_quality ok=F 5", "air_quality,sense=thing,source=agent ok=false 5" },
        { "air_quality ok=1i 5", "air_quality,sense=thing,source=agent ok=true 5" },
        { "air_quality ok=0 5", "air_quality,sense=thing,source=agent ok=false 5" },
        { "air_quality flag=\"a\\\"\nb\" 5", "air_quality,sense=thing,source=agent flag=\"a\\\" b\" 5" },
        { @"air_quality,device=a\ b\,c\=d\e pm25=1 5", @"air_quality,device=a\ b\,c\=d\e,sense=thing,source=agent pm25=1 5" },
        { "air_quality pm25=1", "air_quality,sense=thing,source=agent pm25=1,ts_source=\"arrival\" 1795483800000000000" },
        { "hotline_ticket score=5", "hotline_ticket,sense=human,source=agent score=5 1795483800000000000" },
        { "air_quality pm25=1 1795484100000000000", "air_quality,sense=thing,source=agent pm25=1 1795484100000000000" },
        { "", "" },
        { "# nothing\n", "" },
    };

    /// <summary>A line, why it is refused, the column, and what the sender must learn.</summary>
    public static TheoryData<string, RejectionReason, int, string> Bad => new()
    {
        { "air_qualty pm25=1 5", RejectionReason.MeasurementUnknown, 1, "did you mean air_quality" },
        { "cpu,host=a usage=1 5", RejectionReason.MeasurementUnknown, 1, "cpu" },
        { "air_quality,host=a pm25=1 5", RejectionReason.TagUnknown, 13, "host" },
        { "air_quality,devise=a pm25=1 5", RejectionReason.TagUnknown, 13, "did you mean device" },
        { "air_quality pm25=1,pm2.5=1 5", RejectionReason.FieldUnknown, 20, "did you mean pm25" },
        { "air_quality pm25=1,pm25=2 5", RejectionReason.DuplicateKey, 20, "twice" },
        { "air_quality,device=a,device=b pm25=1 5", RejectionReason.DuplicateKey, 22, "twice" },
        { "air_quality,category=indoor pm25=1 5", RejectionReason.TagValueInvalid, 22, "ambient, construction, found indoor" },
        { "air_quality,device=abcdefghijklm pm25=1 5", RejectionReason.TagValueInvalid, 20, "at most 12 bytes" },
        { @"air_quality,device=\\ pm25=1 5", RejectionReason.SyntaxInvalid, 27, "=" },
        { "air_quality,sense=human pm25=1 5", RejectionReason.TagValueInvalid, 19, "is thing" },
        { "air_quality pm25=\"35.1\" 5", RejectionReason.TypeMismatch, 18, "takes a number from 0 to 2000 ug/m3, found the string \"35.1\"" },
        { "air_quality pm25=t 5", RejectionReason.TypeMismatch, 18, "found t" },
        { "air_quality rank=3.5 5", RejectionReason.TypeMismatch, 18, "whole number" },
        { "air_quality serial=1e300 5", RejectionReason.NumberInvalid, 20, "whole number" },
        { "air_quality serial=9223372036854775808 5", RejectionReason.NumberInvalid, 20, "whole number" },
        { "air_quality serial=18446744073709551615u 5", RejectionReason.NumberInvalid, 20, "whole number" },
        { "air_quality ok=2i 5", RejectionReason.TypeMismatch, 16, "true or false" },
        { "air_quality ok=\"t\" 5", RejectionReason.TypeMismatch, 16, "true or false" },
        { "air_quality flag=1 5", RejectionReason.TypeMismatch, 18, "a string" },
        { "air_quality flag=\"123456789\" 5", RejectionReason.OutOfRange, 18, "at most 8 bytes" },
        { "air_quality pm25=-0.1 5", RejectionReason.OutOfRange, 18, "found -0.1" },
        { "air_quality pm25=65535 5", RejectionReason.OutOfRange, 18, "0 to 2000 ug/m3" },
        { "air_quality rank=-6i 5", RejectionReason.OutOfRange, 18, "-5 to" },
        { "air_quality pm25=NaN 5", RejectionReason.NumberInvalid, 18, "finite" },
        { "air_quality pm25=1 -1000000", RejectionReason.TimeTooOld, 20, "1969-12-31T23:59:59.999Z is before 1970-01-01" },
        { "air_quality pm25=1 1795484100000000001", RejectionReason.TimeInFuture, 20, "precision" },
        { "air_quality pm25=1 9223372036854775807", RejectionReason.TimeInvalid, 20, "precision" },
        { "air_quality pm25=1 now", RejectionReason.TimeInvalid, 20, "integer" },
        { "air_quality", RejectionReason.SyntaxInvalid, 12, "fields" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Take_GoodLine_IsCanonical(string text, string expected)
    {
        (LineIntakeResult result, string lines) = Take(text);

        Assert.Empty(result.Rejections);
        Assert.Equal(0, result.Rejected);
        Assert.Equal(expected.Length > 0 ? 1 : 0, result.Accepted);
        Assert.Equal(expected.Length > 0 ? expected + "\n" : "", lines);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Take_BadLine_IsRefusedWithReasonPlaceAndHelp(string text, RejectionReason reason, int column, string detail)
    {
        (LineIntakeResult result, string lines) = Take($"# c\nhotline_ticket score=1 1\n{text}\nhotline_ticket score=2 2\n");

        Rejection rejection = Assert.Single(result.Rejections);
        Assert.Equal((reason, 1, $"line 3, column {column}"), (rejection.Reason, rejection.Index, rejection.Path));
        Assert.Contains(detail, rejection.Detail);
        Assert.Equal((2, 1), (result.Accepted, result.Rejected));
        Assert.Equal("hotline_ticket,sense=human,source=agent score=1 1\nhotline_ticket,sense=human,source=agent score=2 2\n", lines);
    }

    [Theory]
    [InlineData("s", 1795483800, "1795483800000000000")]
    [InlineData("ms", 1795483800123, "1795483800123000000")]
    [InlineData("h", 498745, "1795482000000000000")]
    public void Take_Precision_BecomesNanoseconds(string name, long time, string expected)
    {
        Assert.True(TimePrecision.TryParse(name, out TimePrecision precision));

        (_, string lines) = Take($"hotline_ticket score=1 {time}", precision);

        Assert.EndsWith($" {expected}\n", lines);
    }

    [Fact]
    public void Take_MoreBadLinesThanAreShown_CountsThemAll()
    {
        (LineIntakeResult result, _) = Take(string.Concat(Enumerable.Repeat("x f=1\n", 250)) + "hotline_ticket score=1 1");

        Assert.Equal((1, 250), (result.Accepted, result.Rejected));
        Assert.Equal(LineIntake.MaxRejections, result.Rejections.Length);
        Assert.Equal("line 100, column 1", result.Rejections[^1].Path);
    }

    [Fact]
    public void Take_AnyText_LeavesLinesThatAreReadBackAndCounted() =>
        Gen.Int[0, 15].Select(i => new[] { "air_quality", "hotline_ticket", ",device=", ",source=", " ", "pm25=", "score=", "flag=\"", "\"", "1", "t", ",", "\n", "\\", "\r", "é" }[i]).Array[0, 40].Sample(parts =>
        {
            string text = string.Concat(parts);
            (LineIntakeResult result, string lines) = Take(text);

            IReadOnlyList<string> read = LineDump.Of(lines);
            Assert.Equal(result.Accepted, read.Count);
            Assert.All(read, l => Assert.False(l[0] == '!'));
            Assert.Equal(result.Accepted, lines.Count(c => c == '\n'));
            Assert.Equal(LineDump.Of(text).Count, result.Accepted + result.Rejected);

            // What is canonical stays as it is.
            Assert.Equal(lines, Take(lines).Lines);
        }, iter: 20_000);

    [Fact]
    public void Take_LineWithoutMeasurementAfterAnAbandonedOne_EndsWhereItWouldByItself()
    {
        // Found by the test above: passing over the second line depended on how far the first had been read.
        const string second = ",t=\"a\nhotline_ticket nofield=1 b=\"";
        (LineIntakeResult alone, _) = Take(second);
        (LineIntakeResult after, _) = Take("hotline_ticket nofield=1\n" + second);

        Assert.Equal(alone.Rejected + 1, after.Rejected);
    }

    [Fact]
    public void Take_GoodLines_AllocatesForTheBodyAndNotForItsLines()
    {
        var buffer = new LineBuffer(1 << 20);
        byte[] one = Encoding.UTF8.GetBytes("air_quality,source=mine,device=a\\ b,category=ambient rank=3i,flag=\"x\",pm25=35.1 5\n");
        byte[] many = [.. Enumerable.Repeat(one, 1000).SelectMany(b => b)];

        long Cost(byte[] body)
        {
            LineIntakeResult? result = null;
            long cost = Allocated.Bytes(() =>
            {
                buffer.Clear();
                result = Intake.Take(body, Terms(), buffer);
            });
            Assert.Equal(body.Length / one.Length, result!.Accepted);
            return cost;
        }

        Assert.Equal(Cost(one), Cost(many));
    }

    private static LineIntakeTerms Terms(TimePrecision? precision = null) => new()
    {
        Precision = precision ?? TimePrecision.Nanoseconds,
        ReceivedNs = Now,
        Source = "agent",
        EarliestNs = 0,
        Ahead = TimeSpan.FromMinutes(5),
    };

    private static (LineIntakeResult Result, string Lines) Take(string text, TimePrecision? precision = null)
    {
        var buffer = new LineBuffer(16);
        LineIntakeResult result = Intake.Take(Encoding.UTF8.GetBytes(text), Terms(precision), buffer);
        Assert.Equal(result.Accepted, buffer.LineCount);
        return (result, Encoding.UTF8.GetString(buffer.Written));
    }
}
