using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace CityPerception.TestKit;

/// <summary>What <c>/api/wall</c> would send over a long time, made of one real board: so that a page has a month of it in seconds.</summary>
/// <param name="board">The data of a <c>board</c> event.</param>
/// <param name="pulse">The data of a <c>pulse</c> event.</param>
public sealed class WallReplay(string board, string pulse)
{
    private const int ReducedEvery = 50;

    private static readonly string[] Levels = ["green", "yellow", "orange", "red", "unknown"];

    /// <summary>The events of some boards, each other than the one before it: values, levels, news, and now and then a channel and a district fewer.</summary>
    /// <param name="first">The number of the first; the same number makes the same board.</param>
    /// <param name="count">How many.</param>
    /// <param name="last">Stands as the name of the city in the last: whoever sees it knows that all have been drawn.</param>
    public string Of(int first, int count, string last)
    {
        // The stream ends after them: the browser comes back for the next ones at once.
        var text = new StringBuilder("retry: 20\n\n");
        for (int i = first; i < first + count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"event: pulse\ndata: {pulse}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"event: board\ndata: {Board(i, i == first + count - 1 ? last : null)}\n\n");
        }

        return text.ToString();
    }

    private string Board(int i, string? name)
    {
        JsonNode changed = JsonNode.Parse(board)!;
        if (name is not null) changed["city"] = new JsonObject { ["zh"] = name, ["en"] = name };
        JsonArray channels = changed["channels"]!.AsArray(), districts = changed["map"]!["districts"]!.AsArray();
        for (int c = 0; c < channels.Count; c++) ChangeChannel(channels[c]!, i + c);
        foreach (JsonNode? district in districts) district!["openCases"] = i % 30;
        foreach (string list in (string[])["changes", "cases"]) Rotate(changed[list]!.AsArray(), i);
        if (i % ReducedEvery == ReducedEvery - 1)
        {
            channels.RemoveAt(channels.Count - 1);
            districts.RemoveAt(districts.Count - 1);
        }

        return changed.ToJsonString();
    }

    private static void ChangeChannel(JsonNode channel, int i)
    {
        JsonNode main = channel["main"]!;
        channel["level"] = Levels[i % Levels.Length];
        main["value"] = i % 17 * 1.5;
        main["trend"] = new JsonArray([.. Enumerable.Range(0, 30).Select(k => (i + k) % 11 == 0 ? null : (JsonNode)(double)((i + k) * 7 % 23))]);
        channel["worst"] = i % 3 == 0 ? main.DeepClone() : null;
        foreach (string district in channel["districts"]!.AsObject().Select(static d => d.Key).ToArray()) channel["districts"]![district] = Levels[(i + district[^1]) % Levels.Length];
    }

    // The oldest becomes the newest; of ten boards one has no news.
    private static void Rotate(JsonArray list, int i)
    {
        if (i % 10 == 9) list.Clear();
        if (list.Count == 0) return;
        JsonNode?[] all = [.. list];
        list.Clear();
        for (int k = 0; k < all.Length; k++) list.Add(all[(k + i) % all.Length]);
    }
}
