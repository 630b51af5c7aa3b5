curl https://api.cometapi.com/kling/v1/videos/multi-image2video \
  -H "Authorization: Bearer $COMETAPI_KEY" \
  -H "Content-Type: application/json" \
  -d '{
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
    }'
