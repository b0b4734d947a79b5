namespace CityPerception.Core.Channels;

/// <summary>The names of what rollups store, as measurements.yaml describes it.</summary>
public static class ChannelViews
{
    /// <summary>The measurement of views, and its tags.</summary>
    public const string Measurement = "channel_view", Channel = "channel", Kpi = "kpi", District = "district", Window = "window", Group = "group";

    /// <summary>A tag that views do not have: what has it came in as an observation.</summary>
    public const string Source = "source";
}
