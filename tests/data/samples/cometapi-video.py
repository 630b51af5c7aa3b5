import os
import requests

response = requests.post(
    "https://api.cometapi.com/kling/v1/videos/multi-image2video",
    headers={"Authorization": "Bearer " + os.environ["COMETAPI_KEY"]},
    json={
      "image_list": [
        {
          "image": "https://your-image-host/first-frame.jpg"
        },
        {
          "image": "https://your-image-host/second-frame.jpg"
        }
      ],
      "prompt": "A smooth transition between the two reference moments",
      "mode": "std",
      "duration": "5",
      "aspect_ratio": "1:1"
    },
)

result = response.json()
print(result.get("code"), result.get("data", {}).get("task_id"))
