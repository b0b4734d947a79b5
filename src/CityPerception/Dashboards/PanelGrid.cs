using System.Text.Json.Nodes;

namespace CityPerception.Dashboards;

/// <summary>Puts panels side by side and, where a row is full, below.</summary>
internal sealed class PanelGrid
{
    private readonly List<JsonObject> _panels = [];
    private int _x, _y, _height;

    public IReadOnlyList<JsonObject> Panels => _panels;

    public void Add(JsonObject panel, int width, int height)
    {
        if (_x + width > Grafana.Columns) NextRow();
        panel["gridPos"] = new JsonObject { ["x"] = _x, ["y"] = _y, ["w"] = width, ["h"] = height };
        _panels.Add(panel);
        (_x, _height) = (_x + width, Math.Max(_height, height));
    }

    /// <summary>What is added next begins a row.</summary>
    public void NextRow() => (_x, _y, _height) = (0, _y + _height, 0);
}
