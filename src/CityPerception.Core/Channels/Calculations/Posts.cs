using System.Globalization;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>A post of the media monitor that has a topic.</summary>
/// <param name="Time">When it was posted.</param>
/// <param name="District">Where.</param>
/// <param name="Topic">The topic, by its id if it has one.</param>
/// <param name="Name">The topic in words.</param>
/// <param name="Reach">How many it reached.</param>
internal sealed record Post(DateTimeOffset Time, string District, string Topic, string Name, double Reach)
{
    /// <summary>The measurement.</summary>
    public const string Measurement = "sentiment";

    private const int LongestName = 60;

    /// <summary>Those of a range, in order of time.</summary>
    public static async Task<List<Post>> ReadAsync(CalculationScope scope, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<Post> posts = [];
        var query = new PointQuery { Measurement = Measurement, Fields = ["topic", "topic_id", "reach"], From = from, To = to, Where = scope.Where };
        await foreach (Point point in scope.Store.ReadAsync(query, cancellationToken))
        {
            string name = TextOf(point, "topic"), id = TextOf(point, "topic_id");
            if (name.Length + id.Length == 0) continue;
            double reach = point.Fields.TryGetValue("reach", out object? value) ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : 0;
            posts.Add(new Post(Observations.ObservationTime.FromUnixNs(point.TimeNs), point.Tags.GetValueOrDefault(ChannelViews.District, ""), id.Length > 0 ? id : name, Short(name.Length > 0 ? name : id), reach));
        }

        return posts;
    }

    private static string TextOf(Point point, string field) => point.Fields.GetValueOrDefault(field) as string ?? "";

    private static string Short(string name) => name.Length <= LongestName ? name : name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)] + "…";
}
