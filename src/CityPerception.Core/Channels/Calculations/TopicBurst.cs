using System.Collections.Immutable;
using System.Globalization;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// How suddenly a topic is spoken of: the largest (x − m)/√(m + 1) of all topics, with x posts in the hour and m the mean of the
/// same hour of the 28 days before, as of a Poisson count; of a day its worst hour. Or x of that topic.
/// </summary>
internal sealed class TopicBurst(string name, bool count) : ICalculation
{
    private const int Days = 28;

    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = [Post.Measurement];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour, ViewWindow.Day];

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) =>
        Enumerable.Range(1, Days).Select(d => (from.AddDays(d), to.AddDays(d)));

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken) =>
    [
        .. (await scope.OnceAsync("bursts", () => ReadAsync(scope, cancellationToken))).GroupBy(b => (Start: ViewWindows.StartOf(scope.Window, b.Hour, scope.City.Zone), b.Key))
            .Select(g => Of(g.Key.Start, g.Key.Key, g.OrderByDescending(static b => b.Score).ThenBy(static b => b.Name, StringComparer.Ordinal).First())),
    ];

    private CalculatedPartial Of(DateTimeOffset start, ViewKey key, Burst burst) => new(start, key, new Partial(burst.Posts, count ? burst.Posts : burst.Score)
    {
        Text = string.Create(CultureInfo.InvariantCulture, $"{burst.Name}: {burst.Posts} (usual {burst.Usual:0.##})"),
    });

    private static async Task<IReadOnlyList<Burst>> ReadAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        Dictionary<(DateTimeOffset Hour, ViewKey Key, string Topic), (int Now, int Before, string Name)> counts = [];
        for (int back = 0; back <= Days; back++)
        {
            foreach (Post post in await Post.ReadAsync(scope, scope.From.AddDays(-back), scope.To.AddDays(-back), cancellationToken))
            {
                DateTimeOffset hour = ViewWindows.StartOf(ViewWindow.Hour, post.Time, scope.City.Zone).AddDays(back);
                foreach (string place in scope.City.PlacesOf(post.District))
                {
                    var id = (hour, new ViewKey(place), post.Topic);
                    (int now, int before, string? name) = counts.GetValueOrDefault(id);
                    counts[id] = back == 0 ? (now + 1, before, post.Name) : (now, before + 1, name ?? post.Name);
                }
            }
        }

        return [.. counts.Where(static c => c.Value.Now > 0).Select(static c => Burst.Of(c.Key.Hour, c.Key.Key, c.Value.Name, c.Value.Now, c.Value.Before / (double)Days))];
    }

    private sealed record Burst(DateTimeOffset Hour, ViewKey Key, string Name, int Posts, double Usual, double Score)
    {
        public static Burst Of(DateTimeOffset hour, ViewKey key, string name, int posts, double usual) => new(hour, key, name, posts, usual, (posts - usual) / Math.Sqrt(usual + 1));
    }
}
