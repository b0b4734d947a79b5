using System.Globalization;
using CityPerception.Core.Cases;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;

namespace CityPerception.TestKit;

/// <summary>Made-up lives of cases, as lines, and orders in which they may come.</summary>
public static class CaseHistories
{
    private static readonly string[] States =
        ["reported", "verified", "accepted", "filed", "dispatched", "returned", "signed", "disposed", "rework", "checked", "closed", "visited", "cancelled"];

    private static readonly string[] Districts = ["140403", "140404", "140400"], Depts = ["other", "urban_management", "transport"], Grids = ["", "140403001002007"];

    /// <summary>The shipped configuration.</summary>
    public static IngestPlan Plan { get; } = Shipped();

    /// <summary>The same, as cases see it.</summary>
    public static CaseTerms Terms { get; } = CaseTerms.Of(Plan);

    /// <summary>A life in the order in which it happened: changes of state told of by one or two measurements, corrections, the same change of another district, points of the state overdue.</summary>
    public static List<string> Make(Random random, string id)
    {
        long ms = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + random.Next(86_400) * 1000L;
        bool twice = random.Next(3) > 0;
        long deadline = ms / 1000 + random.Next(1, 200_000);
        List<string> lines = [];
        foreach (int step in Enumerable.Range(0, random.Next(1, 10)))
        {
            ms += random.Next(4) == 0 ? 0 : random.Next(1, 60_000) * 1000L;
            string state = random.Next(3) == 0 ? States[random.Next(States.Length)] : States[Math.Min(step, States.Length - 1)];
            (string district, string dept, string grid) = (Pick(Districts, random), Pick(Depts, random), Pick(Grids, random));
            List<(string, object)> fields = [("case_id", id)];
            if (random.Next(2) == 0) fields.Add(("deadline", deadline + random.Next(3)));
            if (state is "closed" or "disposed" && random.Next(2) == 0) fields.Add(("on_time", (long)random.Next(2)));
            List<(string, object)> flow = [.. fields];
            if (state == "closed" && random.Next(3) == 0) flow.AddRange([("mediated", 1L), ("agreed", (long)random.Next(2))]);
            lines.Add(Line("case_event", district, dept, "", state, flow, ms, id));
            if (twice) lines.Add(Line("incident", district, "", grid, state, fields, ms, id));
            if (random.Next(8) == 0) lines.Add(Line("case_event", district, dept, "", state, [("case_id", id), ("deadline", deadline + 3600L), ("on_time", (long)random.Next(2))], ms, id)); // a correction
            if (random.Next(8) == 0) lines.Add(Line("case_event", Pick(Districts, random), dept, "", state, fields, ms, id)); // sent again, from somewhere else
            if (random.Next(12) == 0) lines.Add(Line("case_event", district, dept, "", "overdue", [("case_id", id), ("void", (long)random.Next(2))], deadline * 1000, id));
        }

        return lines;
    }

    /// <summary>
    /// Batches in which the lines may come: in any order but that of one point's own versions, which one lane carries, and
    /// with everything since some batch again, as after a crash.
    /// </summary>
    public static List<string[]> Deliver(Random random, IEnumerable<string> lines)
    {
        string[] all = [.. lines], shuffled = [.. all];
        random.Shuffle(shuffled);
        foreach (IGrouping<string, string> versions in all.GroupBy(PointOf))
        {
            int[] places = [.. shuffled.Index().Where(s => PointOf(s.Item) == versions.Key).Select(s => s.Index)];
            foreach ((int place, string version) in places.Zip(versions)) shuffled[place] = version;
        }

        List<string[]> batches = [], delivered = [];
        for (int at = 0; at < shuffled.Length;)
        {
            int size = random.Next(1, Math.Max(2, shuffled.Length / 2));
            batches.Add([.. shuffled.Skip(at).Take(size)]);
            at += size;
        }

        for (int i = 0; i < batches.Count; i++)
        {
            delivered.Add(batches[i]);
            if (random.Next(3) == 0) delivered.AddRange(batches.Skip(random.Next(i + 1)).Take(i + 1).TakeWhile(b => !ReferenceEquals(b, batches.ElementAtOrDefault(i + 1))));
        }

        return delivered;
    }

    private static string PointOf(string line)
    {
        int fields = line.IndexOf(' ', StringComparison.Ordinal), time = line.LastIndexOf(' ');
        return line[..fields] + line[time..];
    }

    private static string Line(string measurement, string district, string dept, string grid, string state, List<(string, object)> fields, long ms, string id) => Lines.Line(
        measurement,
        [("category", "event.appearance"), ("dept", dept), ("district", district), ("grid", grid), ("sense", "human"), ("source", "grid-incident"), ("state", state)],
        [.. fields],
        ms * 1_000_000 + int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture));

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];

    private static IngestPlan Shipped()
    {
        string root = RepositoryFolder.Find("ingest-configs");
        var files = new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Extension is ".yaml" or ".csv")
            .ToDictionary(f => Path.GetRelativePath(root, f.FullName).Replace('\\', '/'), f => File.ReadAllBytes(f.FullName));
        var faults = new ConfigFaults();
        return IngestPlan.Load(files, faults) ?? throw new InvalidOperationException(string.Join('\n', faults.All));
    }
}
